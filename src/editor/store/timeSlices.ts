import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Keeps long work from blocking the editor: called between its steps, `pause` lets other work of the host in as soon as
 * the present slice is used up. One object is shared by all that work in one thread.
 */
export class TimeSlices {
  readonly #sliceMs: number;
  #since = 0;
  /** The turn that was asked for last. */
  #turn: Promise<void> = Promise.resolve();

  constructor(sliceMs = 10) {
    this.#sliceMs = sliceMs;
  }

  async pause(): Promise<void> {
    if (this.isSpent()) await this.next();
  }

  /** For loops that would rather not await at each step. */
  isSpent(): boolean {
    return performance.now() - this.#since >= this.#sliceMs;
  }

  /** Takes steps one after the other, and pauses between them. */
  async run<Result>(steps: Generator<unknown, Result>): Promise<Result> {
    for (;;) {
      await this.pause();
      const step = steps.next();
      if (step.done === true) return step.value;
    }
  }

  /** Each waits for a turn of its own: the slices of several would follow each other in one, and block as one. */
  async next(): Promise<void> {
    this.#turn = this.#turn.then(() => nextTurn());
    await this.#turn;
    this.#since = performance.now();
  }
}
