import type { AnswerRule } from '../study/config.ts';
import builtIn from './answerRules.json' with { type: 'json' };

/** The final answer as a trajectory words it. */
export interface ExtractedAnswer {
  text: string;
  /** Name of the rule that found it. */
  rule: string;
  /** Found by a weak rule: it counts only where another trajectory says the same. */
  weak: boolean;
}

/** Only the end of a trajectory is searched, in UTF-16 units: that is where answers stand. */
const SEARCHED = 2_000;
/** Longer finds are cut: they are prose, not answers. */
const LONGEST = 200;

/** Rules of a study before the built-in ones; one with the name of a built-in rule takes its place. */
export function answerRules(own: readonly AnswerRule[]): AnswerRule[] {
  const standard = builtIn as AnswerRule[];
  const names = new Set(standard.map(({ name }) => name));
  const replaced = standard.map(
    (rule) => own.find((candidate) => candidate.name === rule.name) ?? rule,
  );
  return [...own.filter(({ name }) => !names.has(name)), ...replaced].filter(
    ({ off }) => off !== true,
  );
}

/**
 * The final answer of a trajectory: what the first rule that fits finds. Rules are phrases, not patterns: they take time
 * linear in the text whatever a study says.
 *
 * @param truncated whether the text was cut off: its last sentence is then no conclusion.
 * @returns undefined where no rule finds one.
 */
export function extractAnswer(
  text: string,
  rules: readonly AnswerRule[],
  truncated = false,
): ExtractedAnswer | undefined {
  const end = text.slice(-SEARCHED).trimEnd();
  const lower = lowerCase(end);
  for (const rule of rules) {
    if (truncated && rule.weak === true) continue;
    const found = cleaned(findBy(rule, end, lower));
    if (found !== '') return { text: found, rule: rule.name, weak: rule.weak === true };
  }
  return undefined;
}

/** Of the same length as the text, unlike some of `toLowerCase`, so that places in one are places in the other. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

function findBy(rule: AnswerRule, text: string, lower: string): string {
  if (rule.after) return afterPhrase(text, lower, rule.after);
  if (rule.between) return between(text, lower, rule.between);
  return rule.last === 'line' ? lastLine(text) : lastSentence(text);
}

function afterPhrase(text: string, lower: string, phrases: readonly string[]): string {
  let start = -1;
  for (const phrase of phrases) {
    const at = lastWord(lower, phrase.toLowerCase());
    if (at >= 0) start = Math.max(start, at + phrase.length);
  }
  return start < 0 ? '' : firstSentence(text.slice(start));
}

const LETTER = /[\p{L}\p{N}]/u;

/** Place of the last occurrence that does not begin or end within a word. */
function lastWord(lower: string, phrase: string): number {
  for (let at = lower.lastIndexOf(phrase); at >= 0; at = lower.lastIndexOf(phrase, at - 1)) {
    const before = lower.charAt(at - 1);
    const next = lower.charAt(at + phrase.length);
    const whole =
      (!LETTER.test(phrase.charAt(0)) || !LETTER.test(before)) &&
      (!LETTER.test(phrase.charAt(phrase.length - 1)) || !LETTER.test(next));
    if (whole) return at;
    if (at === 0) break;
  }
  return -1;
}

/** The last pair that is closed; braces within braces are counted. */
function between(text: string, lower: string, [open, close]: readonly [string, string]): string {
  const [first, last] = [open.toLowerCase(), close.toLowerCase()];
  const at = lower.lastIndexOf(first);
  if (at < 0) return '';
  const start = at + first.length;
  if (first.endsWith('{') && last === '}') {
    let depth = 1;
    for (let place = start; place < text.length; place++) {
      const letter = text.charAt(place);
      depth += letter === '{' ? 1 : letter === '}' ? -1 : 0;
      if (depth === 0) return text.slice(start, place);
    }
    return '';
  }
  const stop = lower.indexOf(last, start);
  return stop < 0 ? '' : text.slice(start, stop);
}

/** An end of a sentence: not the point of "Dr.", an initial, a number or an abbreviation. */
const SENTENCE_END =
  /(?<!\b(?:\p{Lu}|Dr|Mr|Mrs|Ms|St|Prof|Jr|Sr|No|vs|etc|e\.g|i\.e|approx|ca|Inc|Co|Ltd|Mt|Ft))[.!?](?=["'”’)\]*_]*(?:\s|$))|[。！？]/gu;

function firstSentence(text: string): string {
  const body = text.replace(/^[\s:*_>-]+/u, '');
  const line = body.split('\n', 1)[0] ?? '';
  const end = line.matchAll(SENTENCE_END).next().value;
  return end ? line.slice(0, end.index) : line;
}

function lastSentence(text: string): string {
  const line = lastLine(text);
  let start = 0;
  for (const { index } of line.matchAll(SENTENCE_END))
    if (LETTER.test(line.slice(index + 1))) start = index + 1;
  return line.slice(start);
}

function lastLine(text: string): string {
  return text.slice(text.lastIndexOf('\n') + 1).replace(/^\s*(?:[-*•>#]+|\d+[.)])\s+/u, '');
}

const YES_OR_NO = /^(yes|no)(?=\s*(?:[,.;:!–—-]|$))/iu;

/** Without Markdown, quotes and the words that lead to an answer; of "Yes, since ..." the yes. */
function cleaned(found: string): string {
  const bare = found
    .slice(0, LONGEST * 2)
    .replace(/\\(?:text|mathrm|mathbf)\{([^{}]*)\}/g, '$1')
    .replace(/[*_`$]+/g, '')
    .replace(/^[\s:,"'“”‘’([{-]+|[\s.,;:!?"'“”‘’)\]}-]+$/gu, '')
    .replace(/^(?:that|indeed|likely|probably)\s+/iu, '')
    .trim()
    .slice(0, LONGEST);
  return YES_OR_NO.exec(bare)?.[0] ?? bare;
}
