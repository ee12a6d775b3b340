import { seededRandom } from '../random.ts';

/** How the examples of a dataset are picked: at random, or the longest. */
export type Pick = 'random' | 'longest';

interface Ranked {
  id: string;
  /** Lower comes first. */
  rank: number;
  row: number;
}

/**
 * Keeps the `count` first of what it is given, by rank and then by their order. More of them are the same and others
 * beside, so that raising a count keeps the examples that there are.
 */
export class FirstRanked {
  readonly #count: number;
  #kept: Ranked[] = [];
  #rows = 0;

  constructor(count: number) {
    this.#count = count;
  }

  /** The rank that something must be below to be kept; infinite while there is room. */
  get limit(): number {
    this.#cut();
    return this.#kept.length < this.#count
      ? Number.POSITIVE_INFINITY
      : (this.#kept.at(-1)?.rank ?? Number.POSITIVE_INFINITY);
  }

  add(id: string, rank: number): void {
    this.#kept.push({ id, rank, row: this.#rows++ });
    // Sorted now and then only: each time costs as much as what was added since.
    if (this.#kept.length >= 2 * this.#count + 1024) this.#cut();
  }

  ids(): Set<string> {
    this.#cut();
    return new Set(this.#kept.map(({ id }) => id));
  }

  #cut(): void {
    this.#kept.sort((a, b) => a.rank - b.rank || a.row - b.row);
    this.#kept.length = Math.min(this.#kept.length, this.#count);
  }
}

/** A rank drawn for an example, whatever stands beside it in its dataset. */
export function drawnRank(seed: number, id: string): number {
  const random = seededRandom(seed, 'pick', id);
  return random.uint32() * 2 ** 20 + (random.uint32() >>> 12);
}
