import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PackedQuestions } from '../../clusters/packedQuestions.ts';
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
import { scanStudy } from './scanStudy.ts';

/** Takes what a scan finds. The next batches wait until `batch` has resolved. */
export interface ScanReceiver {
  begin: (anew: boolean) => void;
  batch: (batch: ScanBatch) => Promise<void>;
}

/** Scans studies somewhere: in a process of its own, or in this thread for tests. */
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
  cluster: (questions: PackedQuestions) => Promise<readonly PlacedAnswers[]>;
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

/** Without work for so long the reader ends by default; a study that grows keeps it. */
const IDLE_MS = 20_000;
/** Of what it said before it ended unexpectedly. */
const SAID_CHARACTERS = 2000;

/**
 * The host's end of the reader of studies: a process of its own, so that the host has neither its work nor the memory of the
 * texts that pass through it. It is started on first use, ends when it has had nothing to do for a while, and is started
 * again after that and after it ended unexpectedly. Decisions are read in this thread: they are few, and someone waits.
 */
export class ScanClient implements Scanner {
  readonly #script: URL;
  readonly #idleMs: number;
  readonly #waiting = new Map<number, WaitingScan | WaitingClusters>();
  readonly #closing = new AbortController();
  #reader: ChildProcess | undefined;
  #idle: NodeJS.Timeout | undefined;
  #requests = 0;

  constructor(script: URL, idleMs = IDLE_MS) {
    this.#script = script;
    this.#idleMs = idleMs;
  }

  /** Starts the reader before there is work for it, so that this does not wait for its start. */
  prepare(): void {
    this.#reader ??= this.#start();
    if (this.#waiting.size === 0) this.#rest();
  }

  scan(dir: string, marks: Marks, receiver: ScanReceiver, only?: ScanKind): Promise<ScanResult> {
    if (this.#closing.signal.aborted) return Promise.reject(closed());
    if (only === 'decisions') return this.#scanHere(dir, marks, receiver, only);
    const request = ++this.#requests;
    return new Promise((resolve, reject) => {
      const tail = Promise.resolve();
      this.#waiting.set(request, { type: 'scan', receiver, tail, resolve, reject });
      this.#post({ type: 'scan', request, dir, marks, ...(only ? { only } : {}) });
    });
  }

  cluster(questions: PackedQuestions): Promise<readonly PlacedAnswers[]> {
    if (this.#closing.signal.aborted) return Promise.reject(closed());
    const request = ++this.#requests;
    return new Promise((resolve, reject) => {
      this.#waiting.set(request, { type: 'cluster', resolve, reject });
      this.#post({ type: 'cluster', request, questions });
    });
  }

  dispose(): void {
    this.#closing.abort(closed());
    this.#end(closed());
  }

  async #scanHere(
    dir: string,
    marks: Marks,
    receiver: ScanReceiver,
    only: ScanKind,
  ): Promise<ScanResult> {
    for await (const event of scanStudy(dir, marks, this.#closing.signal, only))
      if (event.type === 'begin') receiver.begin(event.anew);
      else if (event.type === 'batch') await receiver.batch(event.batch);
      else return event.result;
    throw new SealongError('scan_failed', `${dir} was not read to its end.`);
  }

  #post(message: ToScanWorker): void {
    clearTimeout(this.#idle);
    this.#reader ??= this.#start();
    this.#reader.ref();
    this.#reader.channel?.ref();
    // Where it cannot be told, it has ended, and what waits is settled by that.
    this.#reader.send(message, () => undefined);
  }

  #start(): ChildProcess {
    const reader = fork(fileURLToPath(this.#script), [], {
      // Those of the host may be a debugger's, whose port is taken.
      execArgv: [],
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    let said = '';
    reader.stderr?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-SAID_CHARACTERS);
    });
    reader.on('message', (message) => {
      this.#receive(message as FromScanWorker);
    });
    const stopped = (why: string) => {
      if (this.#reader !== reader) return;
      const what = `The reader of studies ended (${why}). It starts again at the next change.`;
      this.#end(new SealongError('scan_failed', what));
    };
    reader.on('error', (error) => {
      stopped(messageOf(error));
    });
    reader.on('close', (code, signal) => {
      stopped([signal ?? `code ${code ?? '?'}`, ...(said ? [said.trim()] : [])].join(': '));
    });
    return reader;
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
    if (!this.#waiting.delete(request)) return;
    if (this.#waiting.size === 0) this.#rest();
    how();
  }

  /** With nothing to do it keeps no process alive, and is ended after a while. */
  #rest(): void {
    this.#reader?.unref();
    this.#reader?.channel?.unref();
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      const reader = this.#reader;
      this.#reader = undefined;
      reader?.kill();
    }, this.#idleMs).unref();
  }

  /** Nobody is left waiting, whatever happened to the reader. */
  #end(error: SealongError): void {
    clearTimeout(this.#idle);
    const reader = this.#reader;
    this.#reader = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
    reader?.kill();
  }
}

function closed(): SealongError {
  return new SealongError('cancelled', 'The window is closing; the study is no longer read.');
}
