import type { Sighting } from '../training/jobState.ts';
import type { SshHost } from './ssh/sshHost.ts';

/** A job's place on the host. */
export interface RemoteJob {
  /** Of the study: `[A-Za-z0-9-]`. */
  jobId: string;
  /** By which the scheduler finds it again: another for each attempt. */
  name: string;
  /** Absolute. */
  folder: string;
  /** Of the scheduler, once it has one. */
  schedulerId?: string;
}

/** What starts jobs on a host: Slurm, or the host itself. */
export interface Scheduler {
  /**
   * Starts the job whose `run.sh` lies in its folder, unless it was started before: called again after a lost connection it
   * finds that job. Never two.
   *
   * @returns the scheduler's id.
   * @throws SealongError `submit_refused` with the scheduler's words; `submit_unclear` where it may or may not have
   * been taken, which the next call finds out.
   */
  submit: (host: SshHost, job: RemoteJob, signal: AbortSignal) => Promise<string>;
  /**
   * How all of these jobs stand, in one call; a job that the scheduler knows nothing of is absent.
   *
   * @throws SealongError `scheduler_down`.
   */
  sight: (
    host: SshHost,
    jobs: readonly RemoteJob[],
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<string, Sighting>>;
  /** What it wrote into a job's log when it ended it, from the end of that log. */
  lastWords?: (log: string) => Sighting | undefined;
  cancel: (host: SshHost, job: RemoteJob, signal: AbortSignal) => Promise<void>;
  /**
   * Puts a job back into the queue, where there is one.
   *
   * @throws SealongError `requeue_refused`, with the scheduler's words.
   */
  requeue?: (host: SshHost, job: RemoteJob, signal: AbortSignal) => Promise<void>;
}
