import type { Clock } from '../clock.ts';
import { EndpointError, type RequestFailure } from '../endpoint/endpointError.ts';
import { seededRandom, type Random } from '../random.ts';
import type { Choice, RequestUsage } from './chatClient.ts';
import { sampleSeed, type SamplingParameters } from './parameters.ts';
import type { PendingSample, QuestionWork } from './questionWork.ts';
import type { Replica } from './replica.ts';
import { backoffMs } from './retry.ts';
import { SamplingTally } from './samplingTally.ts';
import { SendingPlan, type Sending, type SendingLimits } from './sendingPlan.ts';

/** A sample as it was taken. */
export interface TakenSample {
  work: QuestionWork;
  sample: PendingSample;
  choice: Choice;
  usage: RequestUsage;
  /** The seed of the request, where it had one. */
  seed: number | undefined;
  /** How many choices the request asked for. */
  of: number;
}

/** A request under way. */
interface Sent {
  work: QuestionWork;
  replica: Replica;
  samples: readonly PendingSample[];
  /** Whether it is the one after which the prompt is in the server's cache. */
  leads: boolean;
  sentAtMs: number;
  /** Samples in flight on the replica once it was sent. */
  inFlight: number;
}

export interface DispatcherOptions {
  replicas: readonly Replica[];
  /** Questions in the order in which they are begun. */
  works: Iterator<QuestionWork, undefined>;
  parameters: SamplingParameters;
  limits: SendingLimits;
  /** Reads a question's prompt, as requests carry it. */
  readPrompt: (work: QuestionWork) => Promise<Buffer>;
  /** Keeps a sample. The run ends with what it throws. */
  keep: (taken: TakenSample) => Promise<void>;
  /** Keeps samples that the server refused for good. */
  refuse: (work: QuestionWork, samples: readonly PendingSample[], reason: string) => Promise<void>;
  warn: (message: string) => void;
  /** Something of {@link Dispatcher.tally} changed. */
  changed: () => void;
  clock: Clock;
  signal: AbortSignal;
}

/** Failures of one sample, for reasons that may lie in its question, before it is given up for this run. */
const ATTEMPTS = 5;
/** Failures in a row, whatever their reason, after which a replica rests. */
const FAILURES_BEFORE_REST = 3;
/** How long no server may have answered, in rests added up, before the run ends. */
const PATIENCE_MS = 30 * 60 * 1000;
/** A question leaves a replica that rests longer than it takes to compute its prompt elsewhere. */
const LONG_REST_MS = 30_000;

/** Kinds of failure that tell of the server's load. */
const LOAD = new Set(['rate_limited', 'overloaded']);
/** Kinds of failure that say nothing of the question. */
const IS_SERVERS = new Set([...LOAD, 'server_unreachable']);

/**
 * Hands the samples of questions to replicas so that each long prompt is computed once: all samples of a question go to
 * one replica, by one request for several choices where the server gives them; else one request goes first and the
 * others follow once its first token, or its answer, shows that the prompt is in the server's cache.
 */
export class Dispatcher {
  readonly tally: SamplingTally;
  readonly #options: DispatcherOptions;
  readonly #plan: SendingPlan;
  readonly #under = new Set<Promise<void>>();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #random: Random;
  readonly #givenUp = new Map<string, string>();
  #failure: { error: unknown } | undefined;
  #end: () => void = () => undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#signal = AbortSignal.any([options.signal, this.#stop.signal]);
    this.#random = seededRandom(options.parameters.seed, 'retry');
    const { replicas, works, limits } = options;
    this.#plan = new SendingPlan(replicas, works, limits);
    this.tally = new SamplingTally(replicas, limits.maxConcurrency, this.#plan.begun);
  }

  /**
   * Takes all samples.
   *
   * @returns the questions that were given up, with the last reason: others were answered meanwhile.
   * @throws EndpointError that concerns all requests; the signal's reason; what `keep` throws. What was taken is kept.
   */
  async run(): Promise<ReadonlyMap<string, string>> {
    const ended = new Promise<void>((resolve) => (this.#end = resolve));
    const abort = () => {
      this.#fail(this.#options.signal.reason);
    };
    if (this.#options.signal.aborted) abort();
    this.#options.signal.addEventListener('abort', abort, { once: true });
    try {
      for (const replica of this.#options.replicas)
        if (replica.down) this.#rest(replica, replica.down, performance.now());
      this.#pump();
      await ended;
    } finally {
      this.#options.signal.removeEventListener('abort', abort);
      this.#stop.abort(new Error('Sampling was stopped.'));
      // What has arrived is kept before anything is closed.
      while (this.#under.size > 0) await Promise.all(this.#under);
    }
    if (this.#failure) throw this.#failure.error;
    return this.#givenUp;
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#stop.abort(error);
    this.#end();
  }

  /** Sends whatever can be sent now. Called whenever something has changed. */
  #pump(): void {
    if (this.#failure) return;
    for (let next = this.#plan.next(); next; next = this.#plan.next()) this.#send(next);
    this.#options.changed();
    if (this.#plan.done) this.#end();
  }

  #track(doing: Promise<void>): void {
    const tracked = doing
      .catch((error: unknown) => {
        this.#fail(error);
      })
      .finally(() => {
        this.#under.delete(tracked);
        this.#pump();
      });
    this.#under.add(tracked);
  }

  #send({ work, replica, choices }: Sending): void {
    const leads = work.prompt === 'cold';
    work.replica = replica;
    if (leads) work.prompt = 'leading';
    const samples = work.pending.splice(0, choices);
    work.requests += 1;
    replica.inFlight += samples.length;
    const { inFlight } = replica;
    const sentAtMs = performance.now();
    this.#track(this.#request({ work, replica, samples, leads, sentAtMs, inFlight }));
  }

  async #request(sent: Sent): Promise<void> {
    const { work, replica, samples, leads } = sent;
    const { parameters, readPrompt } = this.#options;
    const { client } = replica;
    const seed = sampleSeed(parameters.seed, work.question.id, samples[0]?.index ?? 0);
    const open = new Set(samples);
    const kept: Promise<void>[] = [];
    const begun = () => {
      if (!leads || work.replica !== replica || work.prompt !== 'leading') return;
      work.prompt = 'warm';
      this.#pump();
    };
    const ended = (choice: Choice, usage: RequestUsage) => {
      const sample = samples[choice.at];
      if (sample === undefined || !open.delete(sample)) return;
      this.#ended(sent, choice);
      const keeping = this.#options.keep({
        work,
        sample,
        choice,
        usage,
        seed: client.ways.seed ? seed : undefined,
        of: samples.length,
      });
      keeping.catch((error: unknown) => {
        this.#fail(error);
      });
      kept.push(keeping);
    };
    try {
      const usage = await client.choices(
        {
          model: parameters.model,
          prompt: await (work.encoded ??= readPrompt(work)),
          temperature: parameters.temperature,
          topP: parameters.top_p,
          maxTokens: parameters.max_tokens,
          seed,
          n: samples.length,
          // One sample alone is only read along where others wait for its first token.
          stream: client.ways.stream && (samples.length > 1 || (leads && work.pending.length > 0)),
        },
        { begun, ended },
        this.#signal,
      );
      this.tally.used(usage, samples.length - open.size);
      // Else such a server would be asked for ever.
      if (open.size === samples.length)
        throw new EndpointError('bad_answer', 'later', `${client.host} sent no choice.`);
      begun();
      // Where there were fewer choices than asked for, nothing failed: the rest is asked for otherwise.
      work.putBack([...open]);
    } catch (error) {
      if (leads && work.prompt === 'leading') work.prompt = 'cold';
      if (!this.#failure) await this.#failed(error, sent, [...open]);
    } finally {
      replica.inFlight -= open.size;
      await Promise.all(kept);
      work.requests -= 1;
      this.#plan.leave(work);
    }
  }

  #ended({ replica, sentAtMs, inFlight }: Sent, choice: Choice): void {
    replica.limit.finished({
      startedAtMs: sentAtMs,
      endedAtMs: performance.now(),
      tokens: choice.completionTokens,
      inFlight,
    });
    replica.succeeded();
    replica.inFlight -= 1;
    this.tally.took(choice);
    this.#pump();
  }

  /** Decides what becomes of samples whose request failed. */
  async #failed(error: unknown, sent: Sent, samples: PendingSample[]): Promise<void> {
    const { work, replica, sentAtMs } = sent;
    if (!(error instanceof EndpointError)) throw error;
    const { code } = error;
    // The server is known by now to give one choice a request.
    if (code === 'n_refused') {
      work.putBack(samples);
      return;
    }
    const failure = failureOf(error, replica);
    this.tally.failed(code, failure === 'later');
    if (failure === 'run') throw error;
    if (failure === 'question') {
      const all = [...samples, ...work.pending.splice(0)];
      this.#options.warn(`Question ${work.question.id} failed: ${error.message}`);
      this.tally.refused(all.length);
      await this.#options.refuse(work, all, error.message);
      return;
    }
    const at = this.#options.clock.now().toISOString();
    for (const sample of samples) sample.failedAttempts.push({ kind: code, at });
    if (this.#givenUp.has(work.question.id)) return;
    work.putBack(samples);
    work.takenAtFirstFailure ??= this.tally.taken;
    this.tally.retries += 1;
    replica.failuresInRow += 1;
    if (LOAD.has(code) || code === 'timeout')
      replica.limit.overloaded(
        code === 'timeout' ? 'timeout' : 'refused',
        sentAtMs,
        performance.now(),
      );
    if (code === 'server_unreachable' || replica.failuresInRow >= FAILURES_BEFORE_REST)
      this.#leave(replica);
    if (LOAD.has(code) || replica.failuresInRow >= FAILURES_BEFORE_REST || work.replica !== replica)
      this.#rest(replica, error, sentAtMs);
    if (!LOAD.has(code) && code !== 'server_unreachable') this.#giveUpOrWait(work, samples, error);
  }

  /** A replica that does not answer has lost its prompts, for all that is known: its questions go elsewhere. */
  #leave(replica: Replica): void {
    for (const work of this.#plan.begun)
      if (work.replica === replica && work.prompt !== 'leading') work.release();
  }

  #rest(replica: Replica, error: EndpointError, sentAtMs: number): void {
    if (replica.resting || replica.knewOf(sentAtMs)) return;
    const ms = replica.restMs(error.retryAfterMs, this.#random);
    const others = this.#options.replicas.filter((other) => other !== replica);
    if (others.every((other) => other.resting) && replica.restedMs + ms > PATIENCE_MS)
      throw new EndpointError(
        error.code,
        'run',
        `${error.message} No server has answered for ${Math.round(PATIENCE_MS / 60_000)} minutes, or it asks to wait longer than that. What is done is kept; run this again to go on.`,
        { cause: error },
      );
    if (ms > LONG_REST_MS && others.some((other) => !other.resting)) this.#leave(replica);
    this.#later(replica.rest(ms, this.#options.clock, this.#signal));
  }

  /**
   * After a failure that may lie in the question: waits, or gives the question up. Where nothing else was answered since
   * either, the fault is the server's, and the run ends.
   */
  #giveUpOrWait(work: QuestionWork, samples: readonly PendingSample[], error: EndpointError): void {
    const most = Math.max(
      ...samples.map(
        ({ failedAttempts }) => failedAttempts.filter(({ kind }) => !IS_SERVERS.has(kind)).length,
      ),
    );
    if (most >= ATTEMPTS) {
      if (this.tally.taken === work.takenAtFirstFailure) throw error;
      this.#givenUp.set(work.question.id, error.message);
      this.#options.warn(
        `Question ${work.question.id} was given up after ${most} attempts: ${error.message}`,
      );
      work.pending.length = 0;
      return;
    }
    work.suspect = true;
    if (work.waiting) return;
    work.waiting = true;
    const ms = backoffMs(most, this.#random);
    work.waitsUntilMs = this.#options.clock.now().getTime() + ms;
    this.#later(
      this.#options.clock.sleep(ms, this.#signal).finally(() => {
        work.waiting = false;
        this.#plan.leave(work);
      }),
    );
  }

  /** Goes on when a wait is over; one that the end of the run cuts short is none of its failures. */
  #later(wait: Promise<void>): void {
    this.#track(
      wait.catch((error: unknown) => {
        if (!this.#signal.aborted) throw error;
      }),
    );
  }
}

/**
 * What a failure means once a replica has given samples in this run: its address and the parameters are right then, so
 * what it refuses is this prompt, and what cannot be read is an accident.
 */
function failureOf({ code, failure }: EndpointError, replica: Replica): RequestFailure {
  if (!replica.proven) return failure;
  if (code === 'refused') return 'question';
  return code === 'bad_answer' ? 'later' : failure;
}
