import { Worker } from 'node:worker_threads';
import { SealongError, messageOf } from '../errors.ts';
import type { FromTokenWorker, TokenWorkerData } from './tokenMessages.ts';

interface Waiting {
  resolve: (counts: Uint32Array) => void;
  reject: (error: Error) => void;
}

interface Thread {
  worker: Worker;
  waiting: Map<number, Waiting>;
}

/** What a thread throws away is small and many: a small nursery costs no time, and tens of MB less. */
const RESOURCE_LIMITS = { maxYoungGenerationSizeMb: 12 };

/** Several threads that count tokens by one tokenizer. Every request settles, also when a thread dies or all are closed. */
export class TokenThreads {
  readonly #threads: Thread[];
  #next = 0;
  #failure: Error | undefined;

  /**
   * @param entry the bundled worker, or its source where Node runs that.
   * @param file path of the tokenizer.json.
   */
  constructor(entry: URL, file: string, size: number) {
    this.#threads = Array.from({ length: size }, () => this.#start(entry, { file }));
  }

  /** The number of tokens of each text. The work goes to the thread with the fewest requests. */
  count(texts: string[]): Promise<Uint32Array> {
    if (this.#failure) return Promise.reject(this.#failure);
    const [first, ...others] = this.#threads;
    if (!first) return Promise.reject(new Error('There is no thread to count tokens.'));
    const thread = others.reduce(
      (least, each) => (each.waiting.size < least.waiting.size ? each : least),
      first,
    );
    const request = this.#next++;
    return new Promise((resolve, reject) => {
      thread.waiting.set(request, { resolve, reject });
      thread.worker.postMessage({ request, texts });
    });
  }

  async close(): Promise<void> {
    this.#fail(new SealongError('cancelled', 'Counting tokens was stopped.'));
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #start(entry: URL, workerData: TokenWorkerData): Thread {
    const worker = new Worker(entry, { workerData, resourceLimits: RESOURCE_LIMITS });
    const thread: Thread = { worker, waiting: new Map() };
    thread.worker.on('message', (message: FromTokenWorker) => {
      const waiting = thread.waiting.get(message.request);
      thread.waiting.delete(message.request);
      if ('counts' in message) waiting?.resolve(message.counts);
      else
        waiting?.reject(
          message.error.code === undefined
            ? new Error(message.error.message)
            : new SealongError(message.error.code, message.error.message),
        );
    });
    thread.worker.on('error', (error: unknown) => {
      this.#fail(
        new SealongError(
          'thread_failed',
          `A thread that counts tokens failed (${messageOf(error)}). Run this again; what was counted is kept.`,
          { cause: error },
        ),
      );
    });
    thread.worker.on('exit', (status) => {
      this.#fail(
        new SealongError(
          'thread_failed',
          `A thread that counts tokens ended (status ${String(status)}). Run this again; what was counted is kept.`,
        ),
      );
    });
    return thread;
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const { waiting } of this.#threads) {
      for (const { reject } of waiting.values()) reject(this.#failure);
      waiting.clear();
    }
  }
}
