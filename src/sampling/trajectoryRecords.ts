import type { Clock } from '../clock.ts';
import { SCHEMA_VERSION, type TrajectoryRecord } from '../records/schemas.ts';
import type { TakenSample } from './dispatcher.ts';
import type { SamplingParameters } from './parameters.ts';
import type { PendingSample, QuestionWork } from './questionWork.ts';

/** Samples as records of `trajectories.jsonl`, each with what is needed to tell how it was made. */
export class TrajectoryRecords {
  readonly #parameters: SamplingParameters;
  readonly #hash: string;
  readonly #clock: Clock;

  constructor(
    { parameters, hash }: { parameters: SamplingParameters; hash: string },
    clock: Clock,
  ) {
    this.#parameters = parameters;
    this.#hash = hash;
    this.#clock = clock;
  }

  taken({ work, sample, choice, usage, seed, of }: TakenSample): TrajectoryRecord {
    return {
      ...this.#base(work, sample),
      text: choice.text,
      finish_reason: choice.finishReason,
      prompt_tokens: usage.promptTokens,
      ...(usage.cachedTokens === null ? {} : { cached_tokens: usage.cachedTokens }),
      completion_tokens: choice.completionTokens,
      ...(seed === undefined ? {} : { seed }),
      ...(of > 1 ? { choice: { at: choice.at, of } } : {}),
      attempts: sample.failedAttempts.length + 1,
      ...failedAttempts(sample),
    };
  }

  /** A sample that the server will never give. */
  refused(work: QuestionWork, sample: PendingSample, error: string): TrajectoryRecord {
    return {
      ...this.#base(work, sample),
      text: '',
      finish_reason: 'error',
      prompt_tokens: null,
      completion_tokens: null,
      ...failedAttempts(sample),
      error,
    };
  }

  #base(work: QuestionWork, { index }: PendingSample) {
    return {
      v: SCHEMA_VERSION,
      question_id: work.question.id,
      index,
      model: this.#parameters.model,
      sampling: this.#hash,
      created_at: this.#clock.now().toISOString(),
    };
  }
}

function failedAttempts({ failedAttempts: failed }: PendingSample) {
  return failed.length > 0 ? { failed_attempts: failed } : {};
}
