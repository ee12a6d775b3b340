import type { SamplingProgress } from '../stage.ts';
import type { Choice, RequestUsage } from './chatClient.ts';
import type { QuestionWork } from './questionWork.ts';
import type { Replica } from './replica.ts';

/** What a run of sampling counts as it goes. */
export class SamplingTally {
  /** Samples that a server gave. */
  taken = 0;
  retries = 0;
  failedSamples = 0;
  truncated = 0;
  promptTokens = 0;
  cachedTokens: number | null = null;
  sharedTokens = 0;
  completionTokens = 0;
  readonly #errors = new Map<string, { count: number; retried: boolean }>();
  readonly #replicas: readonly Replica[];
  readonly #maxConcurrency: number;
  readonly #works: Iterable<QuestionWork>;

  constructor(replicas: readonly Replica[], maxConcurrency: number, works: Iterable<QuestionWork>) {
    this.#replicas = replicas;
    this.#maxConcurrency = maxConcurrency;
    this.#works = works;
  }

  /** Samples in flight. */
  get inFlight(): number {
    return this.#replicas.reduce((sum, { inFlight }) => sum + inFlight, 0);
  }

  took(choice: Choice): void {
    this.taken += 1;
    if (choice.finishReason === 'length') this.truncated += 1;
  }

  /** @param choices that the request gave. */
  used({ promptTokens, cachedTokens, completionTokens }: RequestUsage, choices: number): void {
    this.promptTokens += promptTokens ?? 0;
    this.sharedTokens += (promptTokens ?? 0) * Math.max(0, choices - 1);
    if (cachedTokens !== null) this.cachedTokens = (this.cachedTokens ?? 0) + cachedTokens;
    this.completionTokens += completionTokens ?? 0;
  }

  failed(kind: string, retried: boolean): void {
    const { count } = this.#errors.get(kind) ?? { count: 0 };
    this.#errors.set(kind, { count: count + 1, retried });
  }

  refused(samples: number): void {
    this.failedSamples += samples;
  }

  /** Failed requests by kind, most frequent first. */
  get errors(): SamplingProgress['errors'] {
    return [...this.#errors]
      .map(([kind, { count, retried }]) => ({ kind, count, retried }))
      .sort((a, b) => b.count - a.count);
  }

  progress(): SamplingProgress {
    const up = this.#replicas.filter(({ resting }) => !resting);
    const works = [...this.#works];
    const waits = [
      ...this.#replicas.map(({ restsUntilMs }) => restsUntilMs ?? Infinity),
      ...works.filter(({ waiting }) => waiting).map(({ waitsUntilMs }) => waitsUntilMs),
    ];
    const next = Math.min(...waits);
    return {
      promptTokens: this.promptTokens,
      cachedTokens: this.cachedTokens,
      sharedTokens: this.sharedTokens,
      completionTokens: this.completionTokens,
      inFlight: this.inFlight,
      limit: Math.min(
        this.#maxConcurrency,
        up.reduce((sum, { limit }) => sum + limit.value, 0),
      ),
      retries: this.retries,
      failed: this.failedSamples,
      truncated: this.truncated,
      errors: this.errors,
      nextRetryAtMs: Number.isFinite(next) ? next : null,
      replicas: this.#replicas.map((replica) => ({
        host: replica.client.host,
        state: replica.resting ? 'resting' : 'up',
        inFlight: replica.inFlight,
        questions: works.filter((work) => work.replica === replica).length,
      })),
    };
  }
}
