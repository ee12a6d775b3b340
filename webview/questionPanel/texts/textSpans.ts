import { WORD_RUN, isWordAlone, wordsOfRun } from './wordRuns.ts';

/** A part of a text, in UTF-16 units; `end` is left out. */
export interface TextSpan {
  start: number;
  end: number;
}

/** An end of a sentence: not the point of "Dr.", of an initial or of a numbered line. */
const SENTENCE_END =
  /(?<!^\W*\d{1,2})(?<!\b(?:\p{Lu}|Dr|Mr|Mrs|Ms|St|Prof|Jr|Sr|No|vs|etc|e\.g|i\.e|ca|Inc|Co|Ltd))[.!?]+["'\u201d\u2019)\]*_]*(?=\s)|[\u3002\uff01\uff1f\uff0e\u061f\u06d4\u0964\u0965]+["'\u201d\u2019\u300d\u300f\uff09)\]]*/gu;

/** The sentences of a text; a line break ends one, too. Parts without a letter or digit are none. */
export function sentencesOf(text: string): TextSpan[] {
  const spans: TextSpan[] = [];
  let lineStart = 0;
  for (const line of text.split('\n')) {
    let from = 0;
    const ends = [...line.matchAll(SENTENCE_END)].map(({ 0: end, index }) => index + end.length);
    for (const to of [...ends, line.length]) {
      const span = trimmed(text, lineStart + from, lineStart + to);
      if (span !== null) spans.push(span);
      from = to;
    }
    lineStart += line.length + 1;
  }
  return spans;
}

const PLAIN = /[\p{L}\p{N}]/u;

function trimmed(text: string, from: number, to: number): TextSpan | null {
  const part = text.slice(from, to);
  if (!PLAIN.test(part)) return null;
  const start = from + (part.length - part.trimStart().length);
  return { start, end: from + part.trimEnd().length };
}

/** Words without weight for what a sentence says, and those that only speak of the task. */
const LIGHT = new Set(
  (
    'a an and are as at be been but by can could did do does for from had has have he her his how i if in into is it its ' +
    'me my no not of on one or our she so such than that the their them then there these they this those to was we were ' +
    'what when where which while who whom whose why will with would you your also about after all ' +
    'answer answers context document find first following given information last lets mentioned need next now passage ' +
    'passages plan problem provided question says second solve states step steps tells therefore third thus'
  ).split(' '),
);

/** Words of weight, in lower case, each once. */
export function wordsOf(text: string): Set<string> {
  const runs = text.toLowerCase().match(RUN) ?? [];
  const words = runs.flatMap((run) => wordsOfRun(run.replace(/['\u2019]s?$/u, '')));
  return new Set(words.filter(hasWeight));
}

const RUN = new RegExp(`${WORD_RUN}(?:['\u2019]${WORD_RUN})?`, 'gu');

function hasWeight(word: string): boolean {
  return !LIGHT.has(word) && (word.length > 1 || /\p{N}/u.test(word) || isWordAlone(word));
}
