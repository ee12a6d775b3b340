import type { StageProgress } from '../stage.ts';

/** Fewer samples, or less time, say nothing of a rate. */
const LEAST_SAMPLES = 8;
const LEAST_MS = 1000;

/** How fast a whole run of sampling went, from what it reported. */
export class RateMeter {
  #first: { done: number; atMs: number } | undefined;
  #last: { done: number; atMs: number } | undefined;

  /** @param atMs of any clock that only goes forward. */
  add({ done }: StageProgress, atMs: number): void {
    this.#last = { done, atMs };
    this.#first ??= this.#last;
  }

  /** Undefined where the run was too short. */
  samplesPerSecond(): number | undefined {
    if (!this.#first || !this.#last) return undefined;
    const samples = this.#last.done - this.#first.done;
    const ms = this.#last.atMs - this.#first.atMs;
    return samples < LEAST_SAMPLES || ms < LEAST_MS ? undefined : samples / (ms / 1000);
  }
}
