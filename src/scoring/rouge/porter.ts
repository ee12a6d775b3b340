import { IRREGULAR, STEP_1A, STEP_2, STEP_3, STEP_4, type SuffixRule } from './porterRules.ts';

/** The stem of a lower-case word, as NLTK's PorterStemmer gives it in its default mode. */
export function porterStem(word: string): string {
  const irregular = IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length <= 2) return word;
  const plural = step1a(word);
  return step5b(step5a(step4(step3(step2(step1c(step1b(plural)))))));
}

/** For each letter whether it is a consonant; y is one at the start and after a vowel. */
function consonants(word: string): boolean[] {
  const flags: boolean[] = [];
  for (const letter of word)
    flags.push(
      letter === 'y' ? flags.length === 0 || flags.at(-1) === false : !'aeiou'.includes(letter),
    );
  return flags;
}

/** Porter's m: how often a vowel is followed by a consonant. */
function measure(word: string): number {
  const flags = consonants(word);
  return flags.filter((consonant, at) => consonant && flags[at - 1] === false).length;
}

function endsDoubleConsonant(word: string): boolean {
  return word.length >= 2 && word.at(-1) === word.at(-2) && consonants(word).at(-1) === true;
}

/** Porter's *o: ends consonant, vowel, consonant other than w, x, y; NLTK adds whole words of vowel and consonant. */
function endsShort(word: string): boolean {
  const [c = false, b = false, a = false] = consonants(word).reverse();
  if (word.length === 2) return !b && c;
  return word.length >= 3 && a && !b && c && !/[wxy]$/.test(word);
}

function without(word: string, suffix: string): string {
  return word.slice(0, word.length - suffix.length);
}

function applyFirst(
  word: string,
  rules: readonly SuffixRule[],
  condition: (stem: string) => boolean,
): string {
  const rule = rules.find(([suffix]) => word.endsWith(suffix));
  if (!rule) return word;
  const stem = without(word, rule[0]);
  return condition(stem) ? stem + rule[1] : word;
}

const isPositive = (stem: string) => measure(stem) > 0;

function step1a(word: string): string {
  if (word.endsWith('ies') && word.length === 4) return without(word, 's');
  return applyFirst(word, STEP_1A, () => true);
}

function step1b(word: string): string {
  if (word.endsWith('ied')) return without(word, word.length === 4 ? 'd' : 'ed');
  if (word.endsWith('eed')) return isPositive(without(word, 'eed')) ? without(word, 'd') : word;
  const suffix = ['ed', 'ing'].find(
    (ending) => word.endsWith(ending) && consonants(without(word, ending)).includes(false),
  );
  if (suffix === undefined) return word;
  const stem = without(word, suffix);
  if (/(at|bl|iz)$/.test(stem)) return `${stem}e`;
  if (endsDoubleConsonant(stem)) return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  return measure(stem) === 1 && endsShort(stem) ? `${stem}e` : stem;
}

function step1c(word: string): string {
  const stem = without(word, 'y');
  const becomesI = word.endsWith('y') && stem.length > 1 && consonants(stem).at(-1) === true;
  return becomesI ? `${stem}i` : word;
}

function step2(word: string): string {
  if (word.endsWith('alli') && isPositive(without(word, 'alli'))) return step2(without(word, 'li'));
  const found = STEP_2.find(([suffix]) => word.endsWith(suffix));
  if (!found && word.endsWith('logi'))
    return isPositive(without(word, 'ogi')) ? without(word, 'i') : word;
  return applyFirst(word, STEP_2, isPositive);
}

function step3(word: string): string {
  return applyFirst(word, STEP_3, isPositive);
}

function step4(word: string): string {
  const suffix = STEP_4.find((ending) => word.endsWith(ending));
  if (suffix === undefined) return word;
  const stem = without(word, suffix);
  const removed = measure(stem) > 1 && (suffix !== 'ion' || /[st]$/.test(stem));
  return removed ? stem : word;
}

function step5a(word: string): string {
  if (!word.endsWith('e')) return word;
  const stem = without(word, 'e');
  const m = measure(stem);
  return m > 1 || (m === 1 && !endsShort(stem)) ? stem : word;
}

function step5b(word: string): string {
  return word.endsWith('ll') && measure(word.slice(0, -1)) > 1 ? word.slice(0, -1) : word;
}
