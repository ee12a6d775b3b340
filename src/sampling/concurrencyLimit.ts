/** A finished sample, as it tells how the server bears the load. */
export interface FinishedSample {
  startedAtMs: number;
  endedAtMs: number;
  /** Tokens of its text; null where they are not known. */
  tokens: number | null;
  /** Samples in flight on that server once its request was sent. */
  inFlight: number;
}

/** How many samples a server is given before anything is known of it. */
const START = 16;
/** After the server gained nothing from more, so many windows pass until more is tried again. */
const HOLD_WINDOWS = 12;
/** The least part of what more samples promise that must come of them. */
const LEAST_GAIN = 0.3;

/**
 * How many samples one server is given at once. A server that computes batches answers each sample a little later when
 * it has more of them, and still does more in all; one that is full lets them queue, so that latency grows as fast as
 * their number. The limit grows while latency grows less than that: at first it doubles, later by a tenth. It falls by
 * a third where the server says that it is overloaded, by half where it did not answer in time.
 */
export class ConcurrencyLimit {
  readonly #max: number;
  #limit: number;
  #doubling = true;
  #hold = 0;
  #loweredAtMs = -Infinity;
  /** What the last level that was worth its samples gave: samples in flight and throughput. */
  #level: { inFlight: number; throughput: number; limit: number } | undefined;
  #window = newWindow(-Infinity);

  constructor(max: number) {
    this.#max = Math.max(1, max);
    this.#limit = Math.min(this.#max, START);
  }

  /** Samples that may be in flight now: a whole number, at least 1. */
  get value(): number {
    return Math.max(1, Math.floor(this.#limit));
  }

  finished({ startedAtMs, endedAtMs, tokens, inFlight }: FinishedSample): void {
    const window = this.#window;
    // One that began under another limit tells nothing of this one.
    if (startedAtMs < window.beganAtMs) return;
    window.samples += 1;
    window.busyMs += endedAtMs - startedAtMs;
    window.inFlight += inFlight;
    if (tokens === null) window.tokensKnown = false;
    else window.tokens += tokens;
    if (window.samples >= Math.max(8, this.#limit)) this.#endWindow(endedAtMs);
  }

  /** The server refused a request sent at that time for its load, or did not answer it in time. */
  overloaded(kind: 'refused' | 'timeout', sentAtMs: number, nowMs: number): void {
    // What was under way when the limit was lowered says nothing of the lowered limit.
    if (sentAtMs < this.#loweredAtMs) return;
    this.#limit = Math.max(1, this.#limit * (kind === 'timeout' ? 0.5 : 0.7));
    this.#loweredAtMs = nowMs;
    this.#doubling = false;
    this.#level = undefined;
    this.#hold = 1;
    this.#window = newWindow(nowMs);
  }

  #endWindow(nowMs: number): void {
    const { samples, busyMs, tokens, tokensKnown, inFlight: sum } = this.#window;
    const inFlight = sum / samples;
    const work = tokensKnown && tokens > 0 ? tokens : samples;
    // Little's law: with so many in flight, each taking so long.
    const throughput = (inFlight * work) / Math.max(busyMs, 0.001);
    this.#window = newWindow(nowMs);
    // Where there was not enough to do, nothing is learned of the limit.
    if (inFlight < 0.7 * this.#limit) return;
    const level = this.#level;
    if (level && inFlight > 1.05 * level.inFlight) {
      const promised = inFlight / level.inFlight - 1;
      if (throughput / level.throughput - 1 < LEAST_GAIN * promised) {
        this.#limit = level.limit;
        this.#doubling = false;
        this.#hold = HOLD_WINDOWS;
        return;
      }
    }
    this.#level = { inFlight, throughput, limit: this.#limit };
    if (this.#hold > 0) {
      this.#hold -= 1;
      return;
    }
    const grown = this.#doubling ? this.#limit * 2 : this.#limit + Math.max(1, this.#limit / 10);
    this.#limit = Math.min(this.#max, grown);
  }
}

function newWindow(beganAtMs: number) {
  return { beganAtMs, samples: 0, busyMs: 0, tokens: 0, tokensKnown: true, inFlight: 0 };
}
