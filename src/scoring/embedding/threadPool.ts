import type { EmbeddingReply, EmbeddingRequest, WorkerModel } from '../../protocol/embedding.ts';
import type { Embedding } from './embedder.ts';
import { closedError, EmbeddingThread } from './embeddingThread.ts';
import type { TokenEmbedding, TokenMatch } from './tokenMatcher.ts';

/** Results that may wait for a slow reader before its call gets no further text embedded. */
const MOST_WAITING = 256;

/** What a worker is asked of one text or candidate. */
type WorkRequest = Extract<EmbeddingRequest, { type: 'embed' | 'tokens' | 'match' }>;

interface Result {
  position: number;
  reply: EmbeddingReply;
}

/** One call: the requests from `next` on are still to be handed out; `given` results went to the caller. */
interface Call {
  requests: readonly WorkRequest[];
  next: number;
  given: number;
  results: Result[];
  failure: { error: unknown } | undefined;
  wake: () => void;
}

interface Task {
  call: Call;
  position: number;
  request: WorkRequest;
}

/**
 * Several workers with the same model. Texts are handed out one by one to whoever is free, so that calls share the workers
 * fairly and a long text holds up one worker only. Workers start with the first text.
 */
export class ThreadPool {
  readonly #entry: URL;
  readonly #model: WorkerModel;
  #size: number;
  readonly #threads = new Set<EmbeddingThread>();
  readonly #calls = new Set<Call>();
  #parked: (() => void)[] = [];
  /** Workers that were given up, until they are gone. */
  readonly #leaving = new Set<Promise<void>>();
  #closed = false;

  constructor(entry: URL, model: WorkerModel, size: number) {
    this.#entry = entry;
    this.#model = model;
    this.#size = size;
  }

  async *embed(
    texts: readonly string[],
    signal?: AbortSignal,
  ): AsyncGenerator<Embedding, void, undefined> {
    const requests = texts.map((text) => ({ type: 'embed' as const, text }));
    for await (const { position, reply } of this.#run(requests, signal)) {
      if (reply.type !== 'embedded') throw unexpected(reply);
      const { vector, tokens, truncated } = reply;
      yield { position, vector, tokens, truncated };
    }
  }

  async *tokenVectors(
    texts: readonly string[],
    signal: AbortSignal,
  ): AsyncGenerator<TokenEmbedding, void, undefined> {
    const requests = texts.map((text) => ({ type: 'tokens' as const, text }));
    for await (const { position, reply } of this.#run(requests, signal)) {
      if (reply.type !== 'tokens') throw unexpected(reply);
      yield { position, tokens: reply.tokens, truncated: reply.truncated };
    }
  }

  async *match(
    matches: readonly TokenMatch[],
    signal: AbortSignal,
  ): AsyncGenerator<{ position: number; f1: Float64Array }, void, undefined> {
    const requests = matches.map((match) => ({ type: 'match' as const, ...match }));
    for await (const { position, reply } of this.#run(requests, signal)) {
      if (reply.type !== 'matched') throw unexpected(reply);
      yield { position, f1: reply.f1 };
    }
  }

  async *#run(
    requests: readonly WorkRequest[],
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Result, void, undefined> {
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    const call: Call = {
      requests,
      next: 0,
      given: 0,
      results: [],
      failure: undefined,
      wake: () => undefined,
    };
    const onAbort = () => {
      failCall(call, signal?.reason);
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#calls.add(call);
    this.#startThreads(requests.length);
    try {
      while (call.given < requests.length) {
        call.given += 1;
        yield await nextResult(call);
        if (call.results.length === MOST_WAITING - 1) this.#unpark();
      }
    } finally {
      signal?.removeEventListener('abort', onAbort);
      this.#calls.delete(call);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#failCalls(closedError());
    this.#unpark();
    await Promise.all([...this.#threads].map((thread) => thread.close()));
    await Promise.all(this.#leaving);
  }

  #startThreads(requests: number): void {
    this.#unpark();
    while (this.#threads.size < Math.min(this.#size, requests)) {
      const thread = new EmbeddingThread(this.#entry);
      this.#threads.add(thread);
      void this.#work(thread);
    }
  }

  async #work(thread: EmbeddingThread): Promise<void> {
    try {
      await thread.request({ type: 'open', model: this.#model });
    } catch (error) {
      this.#giveUp(thread);
      // Memory for one model less than was hoped: go on with those that have started.
      if (this.#threads.size > 0) this.#size = this.#threads.size;
      else this.#failCalls(error);
      return;
    }
    while (thread.isAlive) {
      const task = this.#take();
      if (task) await this.#answerOne(thread, task);
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => this.#parked.push(resolve));
    }
    if (this.#closed) return;
    this.#giveUp(thread);
  }

  async #answerOne(thread: EmbeddingThread, { call, position, request }: Task): Promise<void> {
    try {
      call.results.push({ position, reply: await thread.request(request) });
      call.wake();
    } catch (error) {
      if (thread.isAlive) failCall(call, error);
      else this.#failCalls(error);
    }
  }

  #take(): Task | undefined {
    for (const call of this.#calls) {
      const request = call.requests[call.next];
      if (request === undefined || call.failure || call.results.length >= MOST_WAITING) continue;
      // To the end of the line, so that a long call does not hold up a short one.
      this.#calls.delete(call);
      this.#calls.add(call);
      return { call, position: call.next++, request };
    }
    return undefined;
  }

  #unpark(): void {
    const parked = this.#parked;
    this.#parked = [];
    for (const resume of parked) resume();
  }

  #failCalls(error: unknown): void {
    for (const call of this.#calls) failCall(call, error);
  }

  #giveUp(thread: EmbeddingThread): void {
    this.#threads.delete(thread);
    const left = thread.close();
    this.#leaving.add(left);
    void left.then(() => this.#leaving.delete(left));
  }
}

function failCall(call: Call, error: unknown): void {
  call.failure ??= { error };
  call.wake();
}

function unexpected(reply: EmbeddingReply): Error {
  return new Error(`The worker answered ${reply.type}.`);
}

async function nextResult(call: Call): Promise<Result> {
  for (;;) {
    if (call.failure) throw call.failure.error;
    const result = call.results.shift();
    if (result) return result;
    await new Promise<void>((resolve) => (call.wake = resolve));
  }
}
