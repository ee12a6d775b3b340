import type { AnswerRule } from '../study/config.ts';
import builtIn from './answerRules.json' with { type: 'json' };
import { cleanedAnswer } from './cleanedAnswer.ts';
import { spokenText, type SpokenText } from './spokenText.ts';

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
/** A model's own mark, which some servers leave at the end of a text. */
const END_MARK = /(?:<\|[^|<>\n]{1,40}\|>|<\/s>)$/u;

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
 * @param truncated whether the text was cut off: its last sentence is then no conclusion, and what ends with it no answer.
 * @returns undefined where no rule finds one.
 */
export function extractAnswer(
  text: string,
  rules: readonly AnswerRule[],
  truncated = false,
): ExtractedAnswer | undefined {
  const offset = Math.max(0, text.length - SEARCHED);
  const end = withoutEndMarks(text.slice(offset));
  const lower = lowerCase(end);
  const spoken = spokenText(lower);
  for (const rule of rules) {
    if (truncated && rule.weak === true) continue;
    const piece = findBy(rule, end, lower, spoken);
    const found = piece ? cleanedAnswer(end.slice(piece.start, piece.end)) : '';
    if (piece === undefined || found === '') continue;
    // Half of an answer is none: "Answer: the Ri".
    if (truncated && piece.end >= end.length) continue;
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

function withoutEndMarks(text: string): string {
  const end = text.trimEnd();
  return END_MARK.test(end.slice(-50)) ? withoutEndMarks(end.replace(END_MARK, '')) : end;
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

function findBy(
  rule: AnswerRule,
  text: string,
  lower: string,
  spoken: SpokenText,
): Piece | undefined {
  if (rule.after) return afterPhrase(text, lower, spoken, rule.after);
  if (rule.between) return between(text, lower, rule.between);
  const line = lastLine(text);
  return rule.last === 'line' ? line : lastSentence(text, line);
}

/** The phrases of a rule as literal alternatives, which are searched in one pass. */
interface Phrases {
  /** Read over the text's own marks. */
  spoken: RegExp | undefined;
  /** With marks of their own: meant as they are written. */
  written: RegExp | undefined;
  /** Labels alone on a line, which need no colon there. */
  headings: RegExp | undefined;
}

const MARKS = /[*_`"“]/u;
const SPECIAL = /[\\^$.*+?()[\]{}|/-]/g;
const known = new WeakMap<readonly string[], Phrases>();

function phrasesOf(after: readonly string[]): Phrases {
  let phrases = known.get(after);
  if (phrases === undefined) {
    const words = after
      .map((phrase) => phrase.toLowerCase().replace(SPECIAL, '\\$&'))
      // Of two that begin alike the longer one is tried first.
      .sort((a, b) => b.length - a.length);
    const labels = words.flatMap((phrase) => /^(.*?)\s*:$/u.exec(phrase)?.[1] ?? []);
    phrases = {
      spoken: anyOf(words.filter((phrase) => !MARKS.test(phrase))),
      written: anyOf(words.filter((phrase) => MARKS.test(phrase))),
      headings: anyOf(labels, '(?:^|\\n)[ \\t#>]*', '(?=\\n)'),
    };
    known.set(after, phrases);
  }
  return phrases;
}

function anyOf(words: readonly string[], before = '', behind = ''): RegExp | undefined {
  return words.length === 0
    ? undefined
    : new RegExp(`${before}(?:${words.join('|')})${behind}`, 'g');
}

function afterPhrase(
  text: string,
  lower: string,
  spoken: SpokenText,
  after: readonly string[],
): Piece | undefined {
  const phrases = phrasesOf(after);
  const last = Math.max(
    endOfLast(spoken.text, phrases.spoken),
    endOfLast(spoken.text, phrases.headings),
  );
  const start = Math.max(
    last < 0 ? -1 : spoken.placeOf(last - 1) + 1,
    endOfLast(lower, phrases.written),
  );
  return start < 0 ? undefined : firstSentence(text, start);
}

/** Behind the last phrase that does not begin or end within a word; -1 where there is none. */
function endOfLast(lower: string, phrases: RegExp | undefined): number {
  let last = -1;
  if (phrases === undefined) return last;
  phrases.lastIndex = 0;
  for (let match = phrases.exec(lower); match; match = phrases.exec(lower)) {
    const end = phrases.lastIndex;
    if (!isWithinWord(lower, match.index) && !isWithinWord(lower, end)) last = end;
    // Another phrase may begin within this one.
    phrases.lastIndex = match.index + 1;
  }
  return last;
}

const LETTER = /[\p{L}\p{N}]/u;
/** Of scripts whose words stand without spaces between them. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

function isWithinWord(text: string, place: number): boolean {
  const [before, next] = [text.charAt(place - 1), text.charAt(place)];
  return LETTER.test(before) && LETTER.test(next) && !UNSPACED.test(before) && !UNSPACED.test(next);
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
  /(?<!\b(?:\p{Lu}|Dr|Mr|Mrs|Ms|St|Prof|Jr|Sr|No|vs|etc|e\.g|i\.e|[ap]\.m|approx|ca|Inc|Co|Corp|Ltd|Bros|Mt|Ft|Gen|Col|Capt|Lt|Rev|Gov|Sen))[.!?](?=["'”’)\]*_]*(?:\s|$))|[。！？؟۔।॥]/gu;

/** The first sentence from a place on, within its line. */
function firstSentence(text: string, from: number): Piece {
  const lead = /^(?:[\s:*_>]|-(?!\.?\d))+/u.exec(text.slice(from))?.[0] ?? '';
  // The first of a list, where that begins on a line of its own.
  const mark = lead.includes('\n') ? /^\d+[.)]\s+/u.exec(text.slice(from + lead.length)) : null;
  const start = from + lead.length + (mark?.[0].length ?? 0);
  const line = text.slice(start).split('\n', 1)[0] ?? '';
  const end = line.matchAll(SENTENCE_END).next().value;
  return { start, end: start + (end ? end.index : line.length) };
}

/** Words to the reader, in which no answer is. */
const COURTESY =
  /^\W*(?:let me know|(?:i )?hope (?:this|that|it)|please (?:let|note|feel)|feel free|if you (?:have|need|want)|is there anything)\b/iu;

/** The last sentence of a line that is not a courtesy, or the line where all are. */
function lastSentence(text: string, line: Piece): Piece {
  const words = text.slice(line.start, line.end);
  const starts = [0];
  for (const { index } of words.matchAll(SENTENCE_END))
    if (LETTER.test(words.slice(index + 1))) starts.push(index + 1);
  const place = starts.findLastIndex((start) => !COURTESY.test(words.slice(start)));
  return {
    start: line.start + (starts[place] ?? 0),
    end: line.start + (starts[place + 1] ?? words.length),
  };
}

/** The last line that is not a courtesy, without the mark of a list or a heading. */
function lastLine(text: string): Piece {
  let end = text.length;
  let start = text.lastIndexOf('\n') + 1;
  while (start > 0 && COURTESY.test(text.slice(start, end))) {
    end = text.slice(0, start).trimEnd().length;
    start = text.lastIndexOf('\n', end - 1) + 1;
  }
  const mark = /^\s*(?:[-*•>#]+|\d+[.)])\s+/u.exec(text.slice(start, end))?.[0] ?? '';
  return { start: start + mark.length, end };
}
