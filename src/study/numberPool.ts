const CHUNK = 65_536;

/**
 * Lists of numbers by their place, outside of the heap: one array for each of thousands of lists is memory that a collector
 * of garbage copies, and makes room for.
 */
export class NumberPool {
  readonly #chunks: Float64Array[] = [];
  /** Of the last chunk. */
  #used = CHUNK;

  /** @returns the place. */
  add(values: readonly number[]): number {
    const last = this.#chunks.at(-1);
    if (!last || this.#used + values.length > last.length) {
      this.#chunks.push(new Float64Array(Math.max(CHUNK, values.length)));
      this.#used = 0;
    }
    const place = (this.#chunks.length - 1) * CHUNK + this.#used;
    this.#used += values.length;
    this.replace(place, values);
    return place;
  }

  /** @param values as many as were added there. */
  replace(place: number, values: readonly number[]): void {
    this.#chunks[Math.floor(place / CHUNK)]?.set(values, place % CHUNK);
  }

  at(place: number, count: number): number[] {
    const start = place % CHUNK;
    return [...(this.#chunks[Math.floor(place / CHUNK)]?.subarray(start, start + count) ?? [])];
  }
}
