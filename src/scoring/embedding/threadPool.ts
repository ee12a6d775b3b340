import type { WorkerModel } from '../../protocol/embedding.ts';
import type { Embedding } from './embedder.ts';
import { closedError, EmbeddingThread } from './embeddingThread.ts';

/** Results that may wait for a slow reader before its call gets no further text embedded. */
const MOST_WAITING = 256;

/** One call of `embed`: the texts from `next` on are still to be handed out; `given` results went to the caller. */
interface Call {
  texts: readonly string[];
  next: number;
  given: number;
  results: Embedding[];
  failure: { error: unknown } | undefined;
  wake: () => void;
}

interface Task {
  call: Call;
  position: number;
  text: string;
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
    signal?.throwIfAborted();
    if (this.#closed) throw closedError();
    const call: Call = {
      texts,
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
    this.#startThreads(texts.length);
    try {
      while (call.given < texts.length) {
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

  #startThreads(texts: number): void {
    this.#unpark();
    while (this.#threads.size < Math.min(this.#size, texts)) {
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
      if (task) await this.#embedOne(thread, task);
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => this.#parked.push(resolve));
    }
    if (this.#closed) return;
    this.#giveUp(thread);
  }

  async #embedOne(thread: EmbeddingThread, { call, position, text }: Task): Promise<void> {
    try {
      const reply = await thread.request({ type: 'embed', text });
      if (reply.type !== 'embedded') throw new Error(`The worker answered ${reply.type}.`);
      const { vector, tokens, truncated } = reply;
      call.results.push({ position, vector, tokens, truncated });
      call.wake();
    } catch (error) {
      if (thread.isAlive) failCall(call, error);
      else this.#failCalls(error);
    }
  }

  #take(): Task | undefined {
    for (const call of this.#calls) {
      const text = call.texts[call.next];
      if (text === undefined || call.failure || call.results.length >= MOST_WAITING) continue;
      // To the end of the line, so that a long call does not hold up a short one.
      this.#calls.delete(call);
      this.#calls.add(call);
      return { call, position: call.next++, text };
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

async function nextResult(call: Call): Promise<Embedding> {
  for (;;) {
    if (call.failure) throw call.failure.error;
    const result = call.results.shift();
    if (result) return result;
    await new Promise<void>((resolve) => (call.wake = resolve));
  }
}
