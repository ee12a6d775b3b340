import { SentenceIndex } from './sentenceIndex.ts';
import { sentencesOf, wordsOf, type TextSpan } from './textSpans.ts';

export interface Sentence extends TextSpan {
  words: ReadonlySet<string>;
}

/** Which sentences of two texts to look at first; undefined where a text has none. */
export interface Likeness {
  left: { most: TextSpan; least: TextSpan | undefined } | undefined;
  right: { most: TextSpan; least: TextSpan | undefined } | undefined;
}

/** A heading or a number says nothing that could be alike. */
const LEAST_WORDS = 2;

/** Sentences with at least two words of weight; where there is none, those with one. */
export function wordedSentences(text: string): Sentence[] {
  const sentences = sentencesOf(text)
    .map((span) => ({ ...span, words: wordsOf(text.slice(span.start, span.end)) }))
    .filter(({ words }) => words.size > 0);
  const telling = sentences.filter(({ words }) => words.size >= LEAST_WORDS);
  return telling.length > 0 ? telling : sentences;
}

/** Dice coefficient of two sets of words: 1 the same, 0 nothing in common. */
export function wordsInCommon(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let common = 0;
  for (const word of a) if (b.has(word)) common++;
  return a.size + b.size === 0 ? 0 : (2 * common) / (a.size + b.size);
}

/**
 * The two sentences, one of each text, that have most words in common, and in each text the one that is least like any of
 * the other text. Among equals the longest says most, then the first.
 */
export function likenessOf(leftText: string, rightText: string): Likeness {
  const left = wordedSentences(leftText);
  const right = wordedSentences(rightText);
  const inLeft = new SentenceIndex(left);
  const inRight = new SentenceIndex(right);
  let most: { a: Sentence; b: Sentence; value: number } | undefined;
  for (const a of left) {
    const likenesses = inRight.likenesses(a.words);
    // Where nothing is shared each is as unlike as the first.
    const alike = likenesses.length > 0 ? likenesses : [{ place: 0, value: 0 }];
    for (const { place, value } of alike.sort((p, q) => p.place - q.place)) {
      const b = right[place];
      const longer = most !== undefined && a.words.size > most.a.words.size;
      if (b && (most === undefined || value > most.value || (value === most.value && longer)))
        most = { a, b, value };
    }
  }
  if (most === undefined) return { left: undefined, right: undefined };
  return {
    left: { most: most.a, least: leastLike(left, inRight, most.a) },
    right: { most: most.b, least: leastLike(right, inLeft, most.b) },
  };
}

function leastLike(
  of: readonly Sentence[],
  other: SentenceIndex,
  most: Sentence,
): TextSpan | undefined {
  let found: { sentence: Sentence; value: number } | undefined;
  for (const sentence of of) {
    if (sentence === most) continue;
    const value = other.most(sentence.words);
    const longer = found !== undefined && sentence.words.size > found.sentence.words.size;
    if (found === undefined || value < found.value || (value === found.value && longer))
      found = { sentence, value };
  }
  // Where even that one is said in both, nothing is unlike.
  return found === undefined || found.value === 1 ? undefined : found.sentence;
}
