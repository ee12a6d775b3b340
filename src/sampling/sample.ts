import type { Clock } from '../clock.ts';
import { SealongError, messageOf } from '../errors.ts';
import { AppendLog } from '../records/appendLog.ts';
import { readRecordAt } from '../records/jsonl.ts';
import { questionSchema, SCHEMA_VERSION, type TrajectoryRecord } from '../records/schemas.ts';
import { EventQueue, type Stage, type StageEvent } from '../stage.ts';
import { isFailed, type QuestionEntry } from '../study/entries.ts';
import { lockStage } from '../study/lock.ts';
import { scanFile } from '../study/scan.ts';
import type { Study } from '../study/study.ts';
import { StudyIndex } from '../study/studyIndex.ts';
import type { ChatClient } from './chatClient.ts';
import { ChatError } from './chatError.ts';
import { samplingOf, sampleSeed, type SamplingParameters } from './parameters.ts';
import { withRetries } from './retry.ts';
import { promptOf } from './strategy.ts';

export interface SampleOptions {
  /** Requests in flight at once. */
  concurrency: number;
  /** Also take the samples again that the server refused for good. */
  retryFailed?: boolean;
  /** Only these questions. */
  questionIds?: ReadonlySet<string>;
  signal: AbortSignal;
}

export interface SampleSummary {
  stage: 'sample';
  host: string;
  model: string;
  strategy: string;
  sampling: string;
  n: number;
  questions: number;
  /** Trajectories of this sampling hash that the study now holds, up to N a question. */
  trajectories: number;
  added: number;
  failed: number;
  truncated: number;
  prompt_tokens: number;
  completion_tokens: number;
}

/** One sample to take. */
interface Task {
  question: QuestionEntry;
  index: number;
}

const ATTEMPTS = 5;

/**
 * Takes the trajectories that are missing to N a question (paper, section 3.1), and appends each as it arrives.
 * `trajectories.jsonl` alone says what is missing, so that running it again never takes a sample twice.
 *
 * @throws SealongError `busy`, `no_questions`, or what {@link ChatError} says of the server; what has arrived is kept.
 */
export async function* sample(
  study: Study,
  ports: { client: ChatClient; clock: Clock },
  options: SampleOptions,
): Stage<SampleSummary> {
  const { parameters, hash } = await samplingOf(study);
  const unlock = await lockStage(study, 'sample');
  try {
    const index = await indexForSampling(study, options.signal);
    for (const problem of index.problems)
      yield {
        type: 'warning',
        message: `${problem.file}, line ${problem.line}: ${problem.message}`,
      };
    const n = study.config.sampling.n;
    const wanted = [...index.questions.values()].filter(
      ({ id }) => options.questionIds?.has(id) ?? true,
    );
    if (wanted.length === 0)
      throw new SealongError(
        'no_questions',
        `${study.paths.questions} holds no questions. Import some with "sealong synthesize ${study.dir} --from FILE".`,
      );
    if (wanted.every(({ imported }) => imported))
      throw new SealongError(
        'imported',
        `The questions of ${study.name} came with their answers from another dataset, and there is nothing to sample. Export them, or make a study of its own for questions to sample.`,
      );
    const tasks = missing(index, wanted, hash, n, options.retryFailed ?? false);
    const summary: SampleSummary = {
      stage: 'sample',
      host: ports.client.host,
      model: parameters.model,
      strategy: parameters.strategy.name,
      sampling: hash,
      n,
      questions: wanted.length,
      trajectories: wanted.length * n - tasks.length,
      added: 0,
      failed: 0,
      truncated: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
    };
    yield progressOf(summary);
    if (tasks.length > 0) {
      await ports.client.check(parameters.model, options.signal);
      yield* takeAll(study, ports, { parameters, hash, tasks, summary }, options);
    }
    yield { type: 'done', summary };
  } finally {
    await unlock();
  }
}

function progressOf(summary: SampleSummary): StageEvent<SampleSummary> {
  return {
    type: 'progress',
    done: summary.trajectories,
    total: summary.questions * summary.n,
    unit: 'trajectories',
    completionTokens: summary.completion_tokens,
  };
}

async function indexForSampling(study: Study, signal: AbortSignal): Promise<StudyIndex> {
  const index = new StudyIndex();
  for (const file of [
    { kind: 'questions', path: study.paths.questions },
    { kind: 'trajectories', path: study.paths.trajectories },
  ] as const)
    for await (const batch of scanFile(file, undefined, signal)) index.apply(batch);
  return index;
}

/** Question by question, so that a server that caches prefixes computes each long prompt once. */
function missing(
  index: StudyIndex,
  questions: readonly QuestionEntry[],
  hash: string,
  n: number,
  retryFailed: boolean,
): Task[] {
  return questions.flatMap((question) => {
    const present = new Set(
      index
        .trajectories(question.id, hash)
        .filter((entry) => !(retryFailed && isFailed(entry)))
        .map((entry) => entry.index),
    );
    return Array.from({ length: n }, (_, sampleIndex) => sampleIndex)
      .filter((sampleIndex) => !present.has(sampleIndex))
      .map((sampleIndex) => ({ question, index: sampleIndex }));
  });
}

interface Run {
  parameters: SamplingParameters;
  hash: string;
  tasks: readonly Task[];
  summary: SampleSummary;
}

async function* takeAll(
  study: Study,
  ports: { client: ChatClient; clock: Clock },
  run: Run,
  options: SampleOptions,
): AsyncGenerator<StageEvent<SampleSummary>, void, undefined> {
  const log = await AppendLog.open(study.paths.trajectories);
  const events = new EventQueue<StageEvent<SampleSummary>>();
  // One failure that concerns the run stops all requests; what they would have given is not paid for in vain twice.
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const prompts = new PromptCache(study, run.parameters);
  const refused = new Map<string, string>();
  const queue = run.tasks.values();

  const worker = async (): Promise<void> => {
    for (const task of queue) {
      signal.throwIfAborted();
      const record = await take(task, run, ports, prompts, refused, signal);
      await log.append(record);
      count(run.summary, record);
      events.push(progressOf(run.summary));
    }
  };
  const workers = Array.from({ length: Math.max(1, options.concurrency) }, worker);
  let failure: { error: unknown } | undefined;
  const finished = Promise.all(
    workers.map((running) =>
      running.catch((error: unknown) => {
        failure ??= { error };
        stop.abort(error);
      }),
    ),
  ).finally(() => {
    events.end();
  });
  try {
    yield* events.drain();
    for (const [questionId, reason] of refused)
      yield { type: 'warning', message: `Question ${questionId} failed: ${reason}` };
    if (failure) throw failure.error;
  } finally {
    // Also where the caller stops listening: no request and no half line is left behind.
    stop.abort(new Error('Sampling was stopped.'));
    await finished;
    await log.close();
  }
}

async function take(
  { question, index }: Task,
  { parameters, hash }: Run,
  ports: { client: ChatClient; clock: Clock },
  prompts: PromptCache,
  refused: Map<string, string>,
  signal: AbortSignal,
): Promise<TrajectoryRecord> {
  const seed = sampleSeed(parameters.seed, question.id, index);
  const base = {
    v: SCHEMA_VERSION,
    question_id: question.id,
    index,
    model: parameters.model,
    sampling: hash,
    seed,
  };
  const failed = (error: string): TrajectoryRecord => ({
    ...base,
    text: '',
    finish_reason: 'error',
    prompt_tokens: null,
    completion_tokens: null,
    created_at: ports.clock.now().toISOString(),
    error,
  });
  const known = refused.get(question.id);
  if (known !== undefined) return failed(known);
  const prompt = await prompts.promptOf(question);
  const request = {
    model: parameters.model,
    prompt,
    temperature: parameters.temperature,
    topP: parameters.top_p,
    maxTokens: parameters.max_tokens,
    seed,
  };
  try {
    const { value: answer, attempts } = await withRetries(
      () => ports.client.complete(request, signal),
      { clock: ports.clock, attempts: ATTEMPTS, seed, signal },
    );
    return {
      ...base,
      text: answer.text,
      finish_reason: answer.finishReason,
      prompt_tokens: answer.promptTokens,
      completion_tokens: answer.completionTokens,
      created_at: ports.clock.now().toISOString(),
      attempts,
    };
  } catch (error) {
    if (!(error instanceof ChatError && error.failure === 'question')) throw error;
    refused.set(question.id, messageOf(error));
    return failed(messageOf(error));
  }
}

function count(summary: SampleSummary, record: TrajectoryRecord): void {
  summary.trajectories += 1;
  summary.added += 1;
  summary.failed += isFailed({ finishReason: record.finish_reason }) ? 1 : 0;
  summary.truncated += record.finish_reason === 'length' ? 1 : 0;
  summary.prompt_tokens += record.prompt_tokens ?? 0;
  summary.completion_tokens += record.completion_tokens ?? 0;
}

/** The prompts of the questions in flight: the last few, as contexts are long. */
class PromptCache {
  readonly #study: Study;
  readonly #parameters: SamplingParameters;
  readonly #prompts = new Map<string, Promise<string>>();

  constructor(study: Study, parameters: SamplingParameters) {
    this.#study = study;
    this.#parameters = parameters;
  }

  promptOf(question: QuestionEntry): Promise<string> {
    const cached = this.#prompts.get(question.id);
    if (cached) return cached;
    const prompt = readRecordAt(this.#study.paths.questions, question, questionSchema).then(
      (record) => promptOf(this.#parameters.strategy, record),
    );
    this.#prompts.set(question.id, prompt);
    const oldest = this.#prompts.keys().next().value;
    if (this.#prompts.size > 8 && oldest !== undefined) this.#prompts.delete(oldest);
    return prompt;
  }
}
