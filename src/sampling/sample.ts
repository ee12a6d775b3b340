import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import { AppendLog } from '../records/appendLog.ts';
import { readRecordAt } from '../records/jsonl.ts';
import { questionSchema, type TrajectoryRecord } from '../records/schemas.ts';
import {
  EventQueue,
  type SamplingProgress,
  type Stage,
  type StageEvent,
  type StageProgress,
} from '../stage.ts';
import { isFailed, isTruncated } from '../study/entries.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import type { SamplingClient } from './chatClient.ts';
import { checkReplicas } from './checkReplicas.ts';
import { Dispatcher } from './dispatcher.ts';
import { estimateSampling, type EstimateTerms } from './estimate.ts';
import { estimateText } from './estimateTexts.ts';
import { indexForSampling, missingSamples } from './missingSamples.ts';
import { samplingOf, type SamplingParameters } from './parameters.ts';
import type { QuestionWork } from './questionWork.ts';
import { recordedRun, type RunOrigin } from './recordedRun.ts';
import { Replica } from './replica.ts';
import { encodedPrompt } from './requestBody.ts';
import type { SamplingTally } from './samplingTally.ts';
import { promptOf } from './strategy.ts';
import { refuseAbove } from './tokenLimit.ts';
import { TrajectoryRecords } from './trajectoryRecords.ts';

export interface SamplePorts {
  client: SamplingClient;
  /** Further servers of the same deployment. */
  replicas?: readonly SamplingClient[];
  clock: Clock;
}

export interface SampleOptions {
  /** Samples in flight at once, at most: the number adapts to the servers below it. */
  concurrency: number;
  /** Choices that one request asks for, at most; 1 gives each sample a request and a seed of its own. */
  maxChoices?: number | undefined;
  /** Also take the samples again that the server refused for good. */
  retryFailed?: boolean;
  /** Only these questions. */
  questionIds?: ReadonlySet<string>;
  /** Refuses to begin where it may take more tokens than this; see `tokensOf`. */
  tokenLimit?: number;
  /** What is known of the endpoint, for the estimate. */
  terms?: EstimateTerms;
  /** Where the run comes from: it is then kept on record until its end; see `recordedRun`. */
  origin?: RunOrigin;
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
  /** As the server counts them for each request: a prompt sampled by one request counts once. */
  prompt_tokens: number;
  /** Of these, the ones that came from the server's cache; null where it does not say. */
  cached_tokens: number | null;
  completion_tokens: number;
  /** Requests that were made again, and failed requests by kind. */
  retries: number;
  errors: Record<string, number>;
}

/** How often progress is told at most, in milliseconds. */
const PROGRESS_MS = 200;

/**
 * Takes the trajectories that are missing to N a question (paper, section 3.1), and appends each as it arrives.
 * `trajectories.jsonl` alone says what is missing, so that running it again never takes a sample twice.
 *
 * @throws SealongError `busy`, `no_questions`, `above_limit`, or `incomplete` where questions were given up, or what EndpointError
 * says of the server; what has arrived is kept.
 */
export async function* sample(
  study: Study,
  ports: SamplePorts,
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
    const works = missingSamples(index, wanted, hash, n, options.retryFailed ?? false);
    const lacking = works.reduce((sum, { pending }) => sum + pending.length, 0);
    const summary: SampleSummary = {
      stage: 'sample',
      host: ports.client.host,
      model: parameters.model,
      strategy: parameters.strategy.name,
      sampling: hash,
      n,
      questions: wanted.length,
      trajectories: wanted.length * n - lacking,
      added: 0,
      failed: 0,
      truncated: 0,
      prompt_tokens: 0,
      cached_tokens: null,
      completion_tokens: 0,
      retries: 0,
      errors: {},
    };
    const estimate = estimateSampling(
      works.map(({ question, pending }) => ({ ...question, missing: pending.length })),
      { maxTokens: parameters.max_tokens },
    );
    const { terms = {}, tokenLimit, origin } = options;
    yield {
      ...progressOf(summary),
      estimate: { ...estimate, text: estimateText(estimate, terms) },
    };
    refuseAbove(tokenLimit, estimate, terms);
    if (lacking > 0) {
      const taking = takeAll(study, ports, { parameters, hash, works, summary }, options);
      const began = { sampling: hash, started_at: ports.clock.now().toISOString() };
      yield* origin ? recordedRun(study, { ...origin, ...began }, taking, options.signal) : taking;
    }
    yield { type: 'done', summary };
  } finally {
    await unlock();
  }
}

function progressOf(summary: SampleSummary, sampling?: SamplingProgress): StageProgress {
  return {
    type: 'progress',
    done: summary.trajectories,
    total: summary.questions * summary.n,
    unit: 'trajectories',
    completionTokens: sampling?.completionTokens ?? 0,
    ...(sampling ? { sampling } : {}),
  };
}

interface Run {
  parameters: SamplingParameters;
  hash: string;
  works: readonly QuestionWork[];
  summary: SampleSummary;
}

async function* takeAll(
  study: Study,
  ports: SamplePorts,
  run: Run,
  options: SampleOptions,
): AsyncGenerator<StageEvent<SampleSummary>, void, undefined> {
  const { parameters, summary } = run;
  const { clock } = ports;
  const replicas = [ports.client, ...(ports.replicas ?? [])].map(
    (client) => new Replica(client, options.concurrency),
  );
  for (const message of await checkReplicas(replicas, parameters.model, options.signal))
    yield { type: 'warning', message };

  const log = await AppendLog.open(study.paths.trajectories);
  const events = new EventQueue<StageEvent<SampleSummary>>();
  // Also where the caller stops listening, no request and no half line is left behind.
  const stop = new AbortController();
  const records = new TrajectoryRecords(run, clock);
  const keep = async (record: TrajectoryRecord) => {
    await log.append(record);
    count(summary, record);
  };
  const progress = coalesced(PROGRESS_MS, () => {
    events.push(progressOf(summary, dispatcher.tally.progress()));
  });
  const dispatcher = new Dispatcher({
    replicas,
    works: run.works.values(),
    parameters,
    limits: {
      maxConcurrency: Math.max(1, options.concurrency),
      maxChoices: options.maxChoices,
    },
    readPrompt: async ({ question }) => {
      const record = await readRecordAt(study.paths.questions, question, questionSchema);
      return encodedPrompt(promptOf(parameters.strategy, record));
    },
    keep: (taken) => keep(records.taken(taken)),
    refuse: async (work, samples, reason) => {
      await Promise.all(samples.map((sample) => keep(records.refused(work, sample, reason))));
    },
    warn: (message) => {
      events.push({ type: 'warning', message });
    },
    changed: progress.tell,
    clock,
    signal: AbortSignal.any([options.signal, stop.signal]),
  });
  const running = dispatcher.run().finally(() => {
    progress.end();
    events.end();
  });
  // Awaited below; a failure before that is not unhandled.
  running.catch(() => undefined);
  try {
    yield* events.drain();
    const givenUp = await running;
    if (givenUp.size > 0) throw incomplete(givenUp, summary);
  } finally {
    stop.abort(new Error('Sampling was stopped.'));
    await running.catch(() => undefined);
    await log.close();
    sumUp(summary, dispatcher.tally);
  }
}

function incomplete(givenUp: ReadonlyMap<string, string>, { questions }: SampleSummary): Error {
  const [first] = givenUp;
  const named = [...givenUp.keys()].slice(0, 5).join(', ');
  const others = givenUp.size > 5 ? ` and ${givenUp.size - 5} others` : '';
  return new SealongError(
    'incomplete',
    `${givenUp.size} of ${questions} questions did not get all their samples, though they were tried several times: ${named}${others}. The last error: ${first?.[1] ?? ''} What came is kept; run this again to try just what is missing.`,
  );
}

function count(summary: SampleSummary, record: TrajectoryRecord): void {
  summary.trajectories += 1;
  summary.added += 1;
  summary.failed += isFailed({ finishReason: record.finish_reason }) ? 1 : 0;
  summary.truncated += isTruncated({ finishReason: record.finish_reason }) ? 1 : 0;
}

function sumUp(summary: SampleSummary, tally: SamplingTally): void {
  summary.prompt_tokens = tally.promptTokens;
  summary.cached_tokens = tally.cachedTokens;
  summary.completion_tokens = tally.completionTokens;
  summary.retries = tally.retries;
  summary.errors = Object.fromEntries(tally.errors.map(({ kind, count: n }) => [kind, n]));
}

/** Calls `tell` at most once in `ms`, and once more at the end. */
function coalesced(ms: number, tell: () => void) {
  let timer: NodeJS.Timeout | undefined;
  return {
    tell: () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        tell();
      }, ms);
    },
    end: () => {
      clearTimeout(timer);
      tell();
    },
  };
}
