import { Worker } from 'node:worker_threads';
import { SealongError } from '../../errors.ts';
import type {
  DownloadProgress,
  EmbeddingReply,
  EmbeddingRequest,
  FromEmbeddingWorker,
  ToEmbeddingWorker,
} from '../../protocol/embedding.ts';
import { threadError } from './engineError.ts';

interface Waiting {
  resolve: (reply: EmbeddingReply) => void;
  reject: (error: SealongError) => void;
  progress: ((progress: DownloadProgress) => void) | undefined;
}

/** The host's end of one embedding worker. Every request settles, also when the worker dies or is closed. */
export class EmbeddingThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #ended: Promise<void>;
  #next = 0;
  #closing = false;
  #failure: SealongError | undefined;

  /** @param entry the bundled worker, or its source where Node runs that. */
  constructor(entry: URL) {
    this.#worker = new Worker(entry);
    this.#worker.on('message', (message: FromEmbeddingWorker) => {
      this.#receive(message);
    });
    this.#worker.on('error', (error) => {
      this.#fail(threadError(error));
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (status) => {
        this.#fail(
          this.#closing
            ? closedError()
            : threadError(new Error(`it exited with status ${String(status)}`)),
        );
        resolve();
      });
    });
  }

  get isAlive(): boolean {
    return this.#failure === undefined && !this.#closing;
  }

  /** @throws SealongError of the worker, or why it is gone; `cancelled` when the signal ended it. */
  request(
    body: EmbeddingRequest,
    options: { signal?: AbortSignal; progress?: (progress: DownloadProgress) => void } = {},
  ): Promise<EmbeddingReply> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#closing) return Promise.reject(closedError());
    const request = this.#next++;
    const { signal, progress } = options;
    return new Promise<EmbeddingReply>((resolve, reject) => {
      const cancel = () => {
        this.#post({ type: 'cancel', request });
      };
      signal?.addEventListener('abort', cancel, { once: true });
      const settled = () => {
        signal?.removeEventListener('abort', cancel);
      };
      this.#waiting.set(request, {
        resolve: (reply) => {
          settled();
          resolve(reply);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
        progress,
      });
      this.#post({ type: 'request', request, body });
      if (signal?.aborted) cancel();
    });
  }

  /**
   * Lets the text in work end, then frees the model. The worker is never terminated: that would abort the whole process
   * if it came during a run of onnxruntime.
   */
  close(): Promise<void> {
    if (!this.#closing && !this.#failure) this.#post({ type: 'close' });
    this.#closing = true;
    return this.#ended;
  }

  #post(message: ToEmbeddingWorker): void {
    this.#worker.postMessage(message);
  }

  #receive(message: FromEmbeddingWorker): void {
    const waiting = this.#waiting.get(message.request);
    if (message.type === 'progress') {
      waiting?.progress?.(message.progress);
      return;
    }
    this.#waiting.delete(message.request);
    if (message.type === 'reply') waiting?.resolve(message.reply);
    else waiting?.reject(new SealongError(message.error.code, message.error.message));
  }

  #fail(error: SealongError): void {
    this.#failure ??= error;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(this.#failure);
  }
}

export function closedError(): SealongError {
  return new SealongError('embedder_closed', 'The embedding model was closed while texts waited.');
}
