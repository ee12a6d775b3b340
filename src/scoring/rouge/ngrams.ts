/** How often each n-gram comes in a text, as numbers shared by all texts of a question. */
export interface NgramCounts {
  ids: Uint32Array;
  counts: Uint32Array;
  total: number;
}

/** Numbers n-grams; equal ones get equal numbers. */
export class Ngrams {
  readonly #n: 1 | 2;
  readonly #bigrams = new Map<number, number>();
  #tokens = 0;

  constructor(n: 1 | 2) {
    this.#n = n;
  }

  /** All numbers given are below it. */
  get size(): number {
    return this.#n === 1 ? this.#tokens : this.#bigrams.size;
  }

  count(tokens: Uint32Array): NgramCounts {
    const counts = new Map<number, number>();
    for (let at = 0; at + this.#n <= tokens.length; at++) {
      const first = tokens[at] ?? 0;
      const id = this.#n === 1 ? first : this.#bigram(first, tokens[at + 1] ?? 0);
      if (first >= this.#tokens) this.#tokens = first + 1;
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return {
      ids: Uint32Array.from(counts.keys()),
      counts: Uint32Array.from(counts.values()),
      total: Math.max(0, tokens.length - this.#n + 1),
    };
  }

  #bigram(first: number, second: number): number {
    const key = first * 2 ** 26 + second;
    const id = this.#bigrams.get(key) ?? this.#bigrams.size;
    this.#bigrams.set(key, id);
    return id;
  }
}

/** The n-grams that two texts share, each as often as it comes in both. */
export class CandidateNgrams {
  readonly #counts: Uint32Array;

  /** @param size all n-grams are below it. */
  constructor(candidate: NgramCounts, size: number) {
    this.#counts = new Uint32Array(size);
    candidate.ids.forEach((id, at) => {
      this.#counts[id] = candidate.counts[at] ?? 0;
    });
  }

  sharedWith({ ids, counts }: NgramCounts): number {
    let shared = 0;
    for (let at = 0; at < ids.length; at++)
      shared += Math.min(counts[at] ?? 0, this.#counts[ids[at] ?? 0] ?? 0);
    return shared;
  }
}
