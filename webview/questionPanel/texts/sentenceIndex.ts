interface Worded {
  readonly words: ReadonlySet<string>;
}

/** Sentences by their words, so that each of thousands is compared with those alone that share a word with it. */
export class SentenceIndex {
  readonly #sizes: Uint32Array;
  /** Places of the sentences that have a word. */
  readonly #places = new Map<string, number[]>();
  /** Words in common with the sentence that is asked for, by place; 0 between two questions. */
  readonly #common: Uint32Array;

  constructor(sentences: readonly Worded[]) {
    this.#sizes = Uint32Array.from(sentences, ({ words }) => words.size);
    this.#common = new Uint32Array(sentences.length);
    for (const [place, { words }] of sentences.entries())
      for (const word of words) {
        const places = this.#places.get(word);
        if (places === undefined) this.#places.set(word, [place]);
        else places.push(place);
      }
  }

  /** The Dice coefficient with each sentence that shares a word, with its place. */
  likenesses(words: ReadonlySet<string>): { place: number; value: number }[] {
    const places = this.#count(words);
    return places.map((place) => ({ place, value: this.#take(place, words.size) }));
  }

  /** The largest of these; 0 where no sentence shares a word. */
  most(words: ReadonlySet<string>): number {
    let most = 0;
    for (const place of this.#count(words)) most = Math.max(most, this.#take(place, words.size));
    return most;
  }

  /** @returns places with a count, each once. */
  #count(words: ReadonlySet<string>): number[] {
    const found: number[] = [];
    for (const word of words)
      for (const place of this.#places.get(word) ?? []) {
        const count = this.#common[place] ?? 0;
        if (count === 0) found.push(place);
        this.#common[place] = count + 1;
      }
    return found;
  }

  #take(place: number, size: number): number {
    const common = this.#common[place] ?? 0;
    this.#common[place] = 0;
    return (2 * common) / (size + (this.#sizes[place] ?? 0));
  }
}
