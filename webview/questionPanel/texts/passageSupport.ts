import type { PanelContext } from '../../../src/protocol/panel.ts';
import { wordedSentences, type Sentence } from './likeness.ts';
import { SentenceIndex } from './sentenceIndex.ts';
import { wordsOf, type TextSpan } from './textSpans.ts';

/** A sentence with fewer words of weight says too little to be looked for. */
const LEAST_WORDS = 4;
/** Share of a sentence's words that two passages together must have, or nothing in the context is like it. */
const SUPPORTED = 0.55;
/** Words in common with a sentence of another sample from which on both say the same. */
const SAID = 0.4;

export interface SentenceMarks {
  /** Few of its words stand in any passage. */
  unsupported: TextSpan[];
  /** No other sample has a sentence like it. */
  alone: TextSpan[];
}

/** The passages of a context by their words; made once a context. */
export class PassageIndex {
  readonly #words: readonly ReadonlySet<string>[];
  /** In how many passages a word stands. */
  readonly #counts = new Map<string, number>();

  constructor({ passages }: PanelContext) {
    this.#words = passages.map(({ title, text }) => wordsOf(`${title}\n${text}`));
    for (const words of this.#words)
      for (const word of words) this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
  }

  /** Sentences of which no two passages together have more than half of the words: by words alone, not by meaning. */
  unsupported(sentences: readonly Sentence[]): TextSpan[] {
    return sentences.filter(
      ({ words }) => words.size >= LEAST_WORDS && this.#supportOf(words) < SUPPORTED,
    );
  }

  /** Places of the passages that a text has most in common with, best first; rare words weigh more. */
  best(text: string, most: number): number[] {
    const words = wordsOf(text);
    const total = this.#words.length;
    const weight = (word: string): number =>
      Math.log((total + 1) / ((this.#counts.get(word) ?? 0) + 0.5));
    const scored = this.#words.map((passage, place) => {
      let sum = 0;
      for (const word of words) if (passage.has(word)) sum += weight(word);
      return { place, sum };
    });
    return scored
      .filter(({ sum }) => sum > 0)
      .sort((a, b) => b.sum - a.sum || a.place - b.place)
      .slice(0, most)
      .map(({ place }) => place);
  }

  #supportOf(words: ReadonlySet<string>): number {
    let first: ReadonlySet<string> = new Set();
    let most = -1;
    for (const passage of this.#words) {
      const there = countIn(words, passage);
      if (there > most) [first, most] = [passage, there];
    }
    const rest = new Set([...words].filter((word) => !first.has(word)));
    const second = Math.max(0, ...this.#words.map((passage) => countIn(rest, passage)));
    return (Math.max(0, most) + second) / words.size;
  }
}

/** Sentences that no other text has one like. */
export function saidAlone(
  sentences: readonly Sentence[],
  others: readonly (readonly Sentence[])[],
): TextSpan[] {
  if (others.length === 0) return [];
  const index = new SentenceIndex(others.flat());
  return sentences.filter(({ words }) => words.size >= LEAST_WORDS && index.most(words) < SAID);
}

/** What to look at in one text; without a context nothing is known of support. */
export function sentenceMarks(
  text: string,
  others: readonly (readonly Sentence[])[],
  passages: PassageIndex | null,
): SentenceMarks {
  const sentences = wordedSentences(text);
  return {
    unsupported: passages?.unsupported(sentences) ?? [],
    alone: saidAlone(sentences, others),
  };
}

function countIn(words: ReadonlySet<string>, passage: ReadonlySet<string>): number {
  let count = 0;
  for (const word of words) if (passage.has(word)) count++;
  return count;
}
