/** What a job comes to, whatever runs it. */
export const JOB_STATES = [
  'prepared',
  'submitted',
  'pending',
  'running',
  /** Running, and writing a checkpoint. */
  'checkpointing',
  'completing',
  'requeued',
  'suspended',
  'done',
  /** By a signal, with a checkpoint that the next start goes on from. */
  'stopped',
  'failed',
  'cancelled',
  'timed_out',
  'out_of_memory',
  'node_failed',
  'preempted',
  'lost',
] as const;
export type JobState = (typeof JOB_STATES)[number];

/** States that a job stays in. */
const ENDED = new Set<JobState>([
  'done',
  'stopped',
  'failed',
  'cancelled',
  'timed_out',
  'out_of_memory',
  'node_failed',
  'preempted',
  'lost',
]);

export function hasEnded(state: JobState): boolean {
  return ENDED.has(state);
}

/** What the trainer ends with where a signal stopped it and a checkpoint is saved. */
export const STOPPED_STATUS = 75;

/** How a scheduler sees a job. */
export interface Sighting {
  state: JobState;
  /** Why it waits or how it ended, in the scheduler's words. */
  reason?: string;
  /** Seconds until the scheduler expects it to start, by the scheduler's own clock. */
  startsInS?: number;
  node?: string;
  exitCode?: number;
}
