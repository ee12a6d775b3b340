import type { SamplingEstimate } from './sampling/estimate.ts';

/** How far a stage has come. Rates and time left are derived from these by whoever shows them. */
export interface StageProgress {
  type: 'progress';
  done: number;
  total: number;
  unit: 'questions' | 'rows' | 'trajectories' | 'texts' | 'judgements' | 'bytes' | 'steps';
  /** Tokens generated in this run so far, where the stage generates. */
  completionTokens?: number;
  /** What goes on between the stage and the server, where the stage samples. */
  sampling?: SamplingProgress;
  /** What there was to do when the stage began to sample, also in a sentence; on its first progress. */
  estimate?: SamplingEstimate & { text: string };
}

/** How sampling stands: tokens and counts are of this run. Sent a few times a second at most. */
export interface SamplingProgress {
  /** Prompt tokens as the server counts them for each request, cached ones included. */
  promptTokens: number;
  /** Of these, the ones that the server took from its cache; null while it has not said so of any request. */
  cachedTokens: number | null;
  /** Prompt tokens that further choices of a request shared with its first: neither sent nor computed again. */
  sharedTokens: number;
  completionTokens: number;
  /** Samples in flight, and how many there may be at present. */
  inFlight: number;
  limit: number;
  /** Requests that are or were made again after one that failed. */
  retries: number;
  /** Trajectories of this run that the server refused for good, and that it cut at `max_tokens`. */
  failed: number;
  truncated: number;
  /** Failed requests by kind, most frequent first. */
  errors: readonly SamplingErrors[];
  /** When the next request that waits for its turn after a failure is made (ms since 1970); null where none waits. */
  nextRetryAtMs: number | null;
  replicas: readonly ReplicaProgress[];
}

export interface SamplingErrors {
  /** The reason code of the errors: `rate_limited`, `timeout`, `server_unreachable`, ... */
  kind: string;
  count: number;
  /** Whether such a request is tried again. */
  retried: boolean;
}

export interface ReplicaProgress {
  /** Host and port, as messages name it. */
  host: string;
  /** `resting`: it failed, and is tried again later. */
  state: 'up' | 'resting';
  inFlight: number;
  /** Questions that are asked there at present. */
  questions: number;
}

export interface StageWarning {
  type: 'warning';
  message: string;
}

/** Something that happened and is no trouble, such as a new state of a job. */
export interface StageNote {
  type: 'note';
  message: string;
}

/** The last event of a stage that came to its end. `summary` is what the command prints on stdout. */
export interface StageDone<Summary> {
  type: 'done';
  summary: Summary;
}

export type StageEvent<Summary> = StageProgress | StageWarning | StageNote | StageDone<Summary>;

/** Long work: it reports as it goes, stops at its signal with what is done kept, and is resumed by running it again. */
export type Stage<Summary> = AsyncGenerator<StageEvent<Summary>, void, undefined>;

/** The reason of an abort by a user who wants the run no more: it is not offered to be gone on with. */
export class RunCancelled extends Error {}

/** Runs a stage to its end, passing on what it reports. */
export async function runStage<Summary>(
  stage: Stage<Summary>,
  report: (event: StageProgress | StageWarning | StageNote) => void = () => undefined,
): Promise<Summary> {
  for await (const event of stage) {
    if (event.type === 'done') return event.summary;
    report(event);
  }
  throw new Error('The stage ended without a summary.');
}

/** Events of several concurrent workers as one sequence. */
export class EventQueue<T> {
  #items: T[] = [];
  #wake: (() => void) | undefined;
  #ended = false;

  push(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *drain(): AsyncGenerator<T, void, undefined> {
    for (;;) {
      const items = this.#items;
      this.#items = [];
      yield* items;
      if (this.#items.length > 0) continue;
      if (this.#ended) return;
      await new Promise<void>((resolve) => (this.#wake = resolve));
      this.#wake = undefined;
    }
  }
}

/** Takes what a piece of work reports on its way. */
export type Report = (event: StageProgress | StageWarning) => void;

/** Does one piece of work within a stage, yielding what it reports until it is done. */
export async function* reporting<T>(
  work: (report: Report) => Promise<T>,
): AsyncGenerator<StageProgress | StageWarning, T, undefined> {
  const events = new EventQueue<StageProgress | StageWarning>();
  const result = work((event) => {
    events.push(event);
  }).finally(() => {
    events.end();
  });
  // Awaited below; a failure before that is not unhandled.
  result.catch(() => undefined);
  yield* events.drain();
  return await result;
}
