import { Worker } from 'node:worker_threads';
import type { ClusterInput } from '../../clusters/answerClusters.ts';
import type { PlacedAnswers } from '../../clusters/placedAnswers.ts';
import { SealongError, messageOf } from '../../errors.ts';
import type {
  FromScanWorker,
  Marks,
  ScanEvent,
  ScanResult,
  ToScanWorker,
} from '../../protocol/scan.ts';
import type { ScanBatch, ScanKind } from '../../study/scan.ts';

/** Takes what a scan finds. The next batches wait until `batch` has resolved. */
export interface ScanReceiver {
  begin: (anew: boolean) => void;
  batch: (batch: ScanBatch) => Promise<void>;
}

/** Scans studies somewhere: in a worker, or in this thread for tests. */
export interface Scanner {
  /**
   * @param marks of the files that are looked at: all of the study, or those of one kind.
   * @throws SealongError `scan_failed`, `cancelled`.
   */
  scan: (dir: string, marks: Marks, receiver: ScanReceiver, only?: ScanKind) => Promise<ScanResult>;
  /**
   * The clusters of the final answers of some questions, in their order.
   *
   * @throws SealongError `scan_failed`, `cancelled`.
   */
  cluster: (questions: readonly ClusterInput[]) => Promise<readonly PlacedAnswers[]>;
}

interface WaitingScan {
  type: 'scan';
  receiver: ScanReceiver;
  /** Batches are applied one after the other, and `done` after them. */
  tail: Promise<void>;
  resolve: (result: ScanResult) => void;
  reject: (error: Error) => void;
}

interface WaitingClusters {
  type: 'cluster';
  resolve: (questions: readonly PlacedAnswers[]) => void;
  reject: (error: Error) => void;
}

/** The host's end of the scan worker, which is started on first use, and again after it ended unexpectedly. */
export class ScanClient implements Scanner {
  readonly #script: URL;
  readonly #waiting = new Map<number, WaitingScan | WaitingClusters>();
  #worker: Worker | undefined;
  #requests = 0;
  #disposed = false;

  constructor(script: URL) {
    this.#script = script;
  }

  scan(dir: string, marks: Marks, receiver: ScanReceiver, only?: ScanKind): Promise<ScanResult> {
    if (this.#disposed) return Promise.reject(closed());
    const request = ++this.#requests;
    return new Promise((resolve, reject) => {
      const tail = Promise.resolve();
      this.#waiting.set(request, { type: 'scan', receiver, tail, resolve, reject });
      this.#post({ type: 'scan', request, dir, marks, ...(only ? { only } : {}) });
    });
  }

  cluster(questions: readonly ClusterInput[]): Promise<readonly PlacedAnswers[]> {
    if (this.#disposed) return Promise.reject(closed());
    const request = ++this.#requests;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { type: 'cluster', resolve, reject });
      this.#post({ type: 'cluster', request, questions });
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#end(closed());
  }

  #post(message: ToScanWorker): void {
    this.#worker ??= this.#start();
    this.#worker.postMessage(message);
  }

  #start(): Worker {
    const worker = new Worker(this.#script, {
      name: 'sealong-scan',
      // What it parses is dropped at once: without a limit V8 lets such garbage grow, in the memory of the host.
      resourceLimits: { maxYoungGenerationSizeMb: 16 },
    });
    worker.unref();
    worker.on('message', (message: FromScanWorker) => {
      this.#receive(message);
    });
    const stopped = (what: string) => {
      if (this.#worker === worker) this.#end(new SealongError('scan_failed', what));
    };
    worker.on('error', (error: unknown) => {
      stopped(
        `The reader of studies stopped: ${messageOf(error)}. It starts again at the next change.`,
      );
    });
    worker.on('exit', (code) => {
      stopped(`The reader of studies ended (code ${code}). It starts again at the next change.`);
    });
    return worker;
  }

  #receive(message: FromScanWorker): void {
    const { request } = message;
    const waiting = this.#waiting.get(request);
    if (!waiting) return;
    if (message.type === 'failed') {
      const { code, message: text } = message.error;
      this.#settle(request, () => {
        waiting.reject(new SealongError(code, text));
      });
      return;
    }
    if (message.type === 'clustered') {
      this.#settle(request, () => {
        if (waiting.type === 'cluster') waiting.resolve(message.questions);
      });
      return;
    }
    if (waiting.type === 'scan') this.#report(request, waiting, message.event);
  }

  #report(request: number, waiting: WaitingScan, event: ScanEvent): void {
    switch (event.type) {
      case 'begin':
        waiting.receiver.begin(event.anew);
        return;
      case 'batch':
        waiting.tail = waiting.tail
          .then(() => waiting.receiver.batch(event.batch))
          .then(() => {
            if (this.#waiting.has(request)) this.#post({ type: 'taken', request });
          });
        waiting.tail.catch((error: unknown) => {
          this.#post({ type: 'cancel', request });
          this.#settle(request, () => {
            waiting.reject(error instanceof Error ? error : new Error(messageOf(error)));
          });
        });
        return;
      case 'done':
        waiting.tail = waiting.tail.then(() => {
          this.#settle(request, () => {
            waiting.resolve(event.result);
          });
        });
    }
  }

  #settle(request: number, how: () => void): void {
    if (this.#waiting.delete(request)) how();
  }

  /** Nobody is left waiting, whatever happened to the worker. */
  #end(error: SealongError): void {
    const worker = this.#worker;
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
    void worker?.terminate();
  }
}

function closed(): SealongError {
  return new SealongError('cancelled', 'The window is closing; the study is no longer read.');
}
