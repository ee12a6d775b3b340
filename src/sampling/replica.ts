import type { Clock } from '../clock.ts';
import type { EndpointError } from '../endpoint/endpointError.ts';
import type { Random } from '../random.ts';
import type { SamplingClient } from './chatClient.ts';
import { ConcurrencyLimit } from './concurrencyLimit.ts';
import { backoffMs } from './retry.ts';

/** One server of several with the same model, and how it fares. */
export class Replica {
  readonly client: SamplingClient;
  readonly limit: ConcurrencyLimit;
  /** Why it did not answer before the run began, where it did not. */
  down: EndpointError | undefined;
  /** Samples in flight. */
  inFlight = 0;
  /** Whether it has given a sample in this run: then its address and the parameters are right. */
  proven = false;
  /** Failures since the last success. */
  failuresInRow = 0;
  /** Time spent resting since the last success, in milliseconds. */
  restedMs = 0;
  /** When the rest ends (ms since 1970), while it rests. */
  restsUntilMs: number | undefined;
  #rests = 0;
  #restBeganAtMs = -Infinity;

  constructor(client: SamplingClient, maxConcurrency: number) {
    this.client = client;
    this.limit = new ConcurrencyLimit(maxConcurrency);
  }

  get resting(): boolean {
    return this.restsUntilMs !== undefined;
  }

  /** Room for further samples, in samples; after a rest one request at a time until one succeeds. */
  get room(): number {
    if (this.resting || (this.#rests > 0 && this.inFlight > 0)) return 0;
    return this.limit.value - this.inFlight;
  }

  succeeded(): void {
    this.proven = true;
    this.failuresInRow = 0;
    this.restedMs = 0;
    this.#rests = 0;
  }

  /** Whether a request was sent before the last rest began: its failure is no new one. */
  knewOf(sentAtMs: number): boolean {
    return sentAtMs < this.#restBeganAtMs;
  }

  /** How long the next rest is: as long as the server asks for, but not for ever a moment; else doubled each time. */
  restMs(askedMs: number | undefined, random: Random): number {
    const own = backoffMs(this.#rests + 1, random);
    return askedMs === undefined || this.#rests > 2 ? Math.max(askedMs ?? 0, own) : askedMs;
  }

  /** Takes no requests for a while. */
  async rest(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    this.#rests += 1;
    this.#restBeganAtMs = performance.now();
    this.restsUntilMs = clock.now().getTime() + ms;
    try {
      await clock.sleep(ms, signal);
    } finally {
      this.restsUntilMs = undefined;
      this.restedMs += ms;
    }
  }
}
