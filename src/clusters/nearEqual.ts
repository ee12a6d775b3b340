/** Shorter words differ by a letter and are others: "Maria" and "Marie". */
const SHORTEST_SPELT = 6;
/** Words that are in many a longer answer without being its point. */
const TOO_COMMON = new Set(['yes', 'no', 'unknown', 'none', 'true', 'false', 'not', '']);

/** An answer in normal form, taken apart once: it is compared with many others. */
export interface AnswerForm {
  text: string;
  words: readonly string[];
  /** The words in alphabetical order. */
  bag: string;
  /** The words with digits: two answers that differ in one are two answers. */
  numbers: string;
}

/** @param text in normal form. */
export function answerForm(text: string): AnswerForm {
  const words = text.split(' ');
  return {
    text,
    words,
    bag: words.length === 1 ? text : [...words].sort().join(' '),
    numbers: words.filter((word) => /\d/.test(word)).join(' '),
  };
}

/**
 * Whether two answers are one: the same words in any order, the words of one within the other ("wye" in "thomas wye"),
 * initials for names ("t wye"), or longer words spelt with one letter otherwise. Numbers are never nearly equal.
 */
export function isNear(a: AnswerForm, b: AnswerForm): boolean {
  if (a.bag === b.bag) return true;
  const [short, long] = a.text.length <= b.text.length ? [a, b] : [b, a];
  if (isWithin(short, long)) return true;
  return (
    short.words.length === long.words.length &&
    (short.words.every((word, place) => isSpeltAlike(word, long.words[place])) ||
      isInitialled(short.words, long.words))
  );
}

function isWithin(short: AnswerForm, long: AnswerForm): boolean {
  // The plain search comes first: it says no to nearly all.
  if (!long.text.includes(short.text) || TOO_COMMON.has(short.text)) return false;
  if (!` ${long.text} `.includes(` ${short.text} `)) return false;
  // "2" is not the answer "2 of 12", and a letter is in everything.
  if (short.words.length === 1 && short.text.length < 3) return false;
  return short.numbers === '' || short.numbers === long.numbers;
}

/** The same last word, before it the same words or their first letters. */
function isInitialled(a: readonly string[], b: readonly string[]): boolean {
  const last = a.length - 1;
  if (last < 1 || a[last] !== b[last] || (a[last]?.length ?? 0) < 3) return false;
  return a.every((word, place) => {
    const other = b[place] ?? '';
    const [short, long] = word.length <= other.length ? [word, other] : [other, word];
    return word === other || (/^\p{L}$/u.test(short) && long.startsWith(short));
  });
}

/** "metres" and "meters", "harbour" and "harbor": one letter too many, another one, or two that changed places. */
function isSpeltAlike(a: string, b = ''): boolean {
  if (a === b) return true;
  const longest = Math.max(a.length, b.length);
  if (longest < SHORTEST_SPELT || Math.abs(a.length - b.length) > 1) return false;
  if (!b.startsWith(a.charAt(0)) || /\d/.test(a + b)) return false;
  let start = 0;
  while (start < longest && a[start] === b[start]) start += 1;
  const [restA, restB] = [a.slice(start), b.slice(start)];
  const swapped = restA.slice(0, 2) === restB.charAt(1) + restB.charAt(0);
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (swapped && restA.slice(2) === restB.slice(2))
  );
}
