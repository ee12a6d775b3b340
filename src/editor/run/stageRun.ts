import { Worker } from 'node:worker_threads';
import { messageOf } from '../../errors.ts';
import type { FromStageWorker, StageOutcome, ToStageWorker } from '../../protocol/stage.ts';
import type { StageProgress } from '../../stage.ts';
import type { StageEnvironment, StageRequest } from '../../stageRequest.ts';
import { releaseThread } from '../../study/lock.ts';

export interface StageListener {
  progress: (progress: StageProgress) => void;
  warning: (message: string) => void;
  note: (message: string) => void;
}

/** One run in a thread of its own; `outcome` always settles and never rejects. */
export interface StageRun {
  readonly outcome: Promise<StageOutcome>;
  /** @param by who wants it no more, or a window that closes. */
  cancel: (by: 'user' | 'window') => void;
}

export interface StageRunOptions {
  /** The stage worker's script. */
  script: string | URL;
  request: StageRequest;
  environment: StageEnvironment;
  listener: StageListener;
  /** How long a cancelled run may take to end. */
  graceMs?: number;
}

/**
 * Starts a stage in a worker thread. A run that does not end within the grace period after `cancel` is given up, not
 * killed: ending a thread in which a model computes would take the editor's whole process with it.
 */
export function startStage(options: StageRunOptions): StageRun {
  const { request, environment, listener, graceMs = 20_000 } = options;
  let settle: (result: StageOutcome) => void = () => undefined;
  const outcome = new Promise<StageOutcome>((resolve) => (settle = resolve));
  let grace: NodeJS.Timeout | undefined;
  const end = (result: StageOutcome) => {
    clearTimeout(grace);
    settle(result);
  };
  const crashed = (detail: string): StageOutcome => ({
    type: 'failed',
    code: 'worker_crashed',
    message: `The run of "${request.verb}" on ${request.study} broke off: ${detail} What was done before is kept; run it again to go on.`,
  });

  let worker: Worker;
  try {
    worker = new Worker(options.script);
  } catch (error) {
    end(crashed(`${messageOf(error)}.`));
    return { outcome, cancel: () => undefined };
  }
  const { threadId } = worker;
  // A thread that crashed has left its lock, and the process that holds it lives on.
  let crash: StageOutcome | undefined;
  const endReleased = (result: StageOutcome) => {
    // The first says why: the thread's exit follows its error, and its lock may be given back sooner.
    crash ??= result;
    const first = crash;
    const told = () => {
      end(first);
    };
    // Where the lock cannot be deleted, the next run says who seems to hold it, and which file to delete.
    void releaseThread(request.study, threadId).then(told, told);
  };
  const send = (message: ToStageWorker) => {
    worker.postMessage(message);
  };
  worker.on('message', (message: FromStageWorker) => {
    if (message.type === 'progress') listener.progress(message.progress);
    else if (message.type === 'warning') listener.warning(message.message);
    else if (message.type === 'note') listener.note(message.message);
    else end(message);
  });
  worker.on('error', (error) => {
    endReleased(crashed(`${messageOf(error)}.`));
  });
  worker.on('exit', (code) => {
    endReleased(crashed(`its thread ended with code ${code}.`));
  });
  send({ type: 'run', request, environment });

  return {
    outcome,
    cancel: (by) => {
      send({ type: 'cancel', byUser: by === 'user' });
      grace ??= setTimeout(() => {
        end({
          type: 'failed',
          code: 'not_stopped',
          message: `The run of "${request.verb}" on ${request.study} was told to stop and has not within ${Math.round(graceMs / 1000)} s. It ends by itself; reload the window if it does not.`,
        });
      }, graceMs);
    },
  };
}
