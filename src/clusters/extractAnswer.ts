import type { AnswerRule } from '../study/config.ts';
import builtIn from './answerRules.json' with { type: 'json' };

/** The final answer as a trajectory words it. */
export interface ExtractedAnswer {
  text: string;
  /** Name of the rule that found it. */
  rule: string;
  /** Found by a weak rule: it counts only where another trajectory says the same. */
  weak: boolean;
  /** Where it stands in the trajectory, in UTF-16 units; with the Markdown that `text` is without. */
  start: number;
  end: number;
}

/** A piece of a text, by its places in that. */
interface Piece {
  start: number;
  end: number;
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
  const offset = Math.max(0, text.length - SEARCHED);
  const end = text.slice(offset).trimEnd();
  const lower = lowerCase(end);
  for (const rule of rules) {
    if (truncated && rule.weak === true) continue;
    const piece = findBy(rule, end, lower);
    const found = piece ? cleaned(end.slice(piece.start, piece.end)) : '';
    if (piece === undefined || found === '') continue;
    const { start, end: stop } = placeOf(found, piece, end);
    return {
      text: found,
      rule: rule.name,
      weak: rule.weak === true,
      start: offset + start,
      end: offset + stop,
    };
  }
  return undefined;
}

/** Of the same length as the text, unlike some of `toLowerCase`, so that places in one are places in the other. */
function lowerCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]/g, (c) => c.toLowerCase());
}

/** What was found where it stands as it is; where Markdown is within it, the whole piece without its white space. */
function placeOf(found: string, piece: Piece, text: string): Piece {
  const raw = text.slice(piece.start, piece.end);
  const at = raw.indexOf(found);
  if (at >= 0) return { start: piece.start + at, end: piece.start + at + found.length };
  const { length } = raw;
  return {
    start: piece.start + length - raw.trimStart().length,
    end: piece.end - (length - raw.trimEnd().length),
  };
}

function findBy(rule: AnswerRule, text: string, lower: string): Piece | undefined {
  if (rule.after) return afterPhrase(text, lower, rule.after);
  if (rule.between) return between(text, lower, rule.between);
  const line = lastLine(text);
  return rule.last === 'line' ? line : lastSentence(text, line);
}

function afterPhrase(text: string, lower: string, phrases: readonly string[]): Piece | undefined {
  let start = -1;
  for (const phrase of phrases) {
    const at = lastWord(lower, phrase.toLowerCase());
    if (at >= 0) start = Math.max(start, at + phrase.length);
  }
  return start < 0 ? undefined : firstSentence(text, start);
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
function between(
  text: string,
  lower: string,
  [open, close]: readonly [string, string],
): Piece | undefined {
  const [first, last] = [open.toLowerCase(), close.toLowerCase()];
  const at = lower.lastIndexOf(first);
  if (at < 0) return undefined;
  const start = at + first.length;
  if (first.endsWith('{') && last === '}') {
    let depth = 1;
    for (let place = start; place < text.length; place++) {
      const letter = text.charAt(place);
      depth += letter === '{' ? 1 : letter === '}' ? -1 : 0;
      if (depth === 0) return { start, end: place };
    }
    return undefined;
  }
  const stop = lower.indexOf(last, start);
  return stop < 0 ? undefined : { start, end: stop };
}

/** An end of a sentence: not the point of "Dr.", an initial, a number or an abbreviation. */
const SENTENCE_END =
  /(?<!\b(?:\p{Lu}|Dr|Mr|Mrs|Ms|St|Prof|Jr|Sr|No|vs|etc|e\.g|i\.e|approx|ca|Inc|Co|Ltd|Mt|Ft))[.!?](?=["'”’)\]*_]*(?:\s|$))|[。！？]/gu;

/** The first sentence from a place on, within its line. */
function firstSentence(text: string, from: number): Piece {
  const start = from + (/^[\s:*_>-]+/u.exec(text.slice(from))?.[0].length ?? 0);
  const line = text.slice(start).split('\n', 1)[0] ?? '';
  const end = line.matchAll(SENTENCE_END).next().value;
  return { start, end: start + (end ? end.index : line.length) };
}

function lastSentence(text: string, line: Piece): Piece {
  const words = text.slice(line.start, line.end);
  let start = 0;
  for (const { index } of words.matchAll(SENTENCE_END))
    if (LETTER.test(words.slice(index + 1))) start = index + 1;
  return { start: line.start + start, end: line.end };
}

/** Without the mark of a list or a heading. */
function lastLine(text: string): Piece {
  const start = text.lastIndexOf('\n') + 1;
  const mark = /^\s*(?:[-*•>#]+|\d+[.)])\s+/u.exec(text.slice(start))?.[0] ?? '';
  return { start: start + mark.length, end: text.length };
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
