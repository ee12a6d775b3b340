import type { JobState } from '../../training/jobState.ts';

/**
 * States of Slurm 20 to 24, long form. Judged by these and not by exit codes: a job whose node failed has 0:0. `CANCELLED by
 * UID` is met by its beginning.
 */
const SLURM_STATES: readonly [string, JobState][] = [
  ['PENDING', 'pending'],
  ['CONFIGURING', 'pending'],
  ['RUNNING', 'running'],
  ['STAGE_OUT', 'completing'],
  ['SIGNALING', 'running'],
  ['COMPLETING', 'completing'],
  ['STOPPED', 'suspended'],
  ['SUSPENDED', 'suspended'],
  ['RESIZING', 'running'],
  ['REQUEUE', 'requeued'],
  ['RESV_DEL_HOLD', 'pending'],
  ['SPECIAL_EXIT', 'requeued'],
  ['COMPLETED', 'done'],
  ['CANCELLED', 'cancelled'],
  ['FAILED', 'failed'],
  ['TIMEOUT', 'timed_out'],
  ['DEADLINE', 'timed_out'],
  ['OUT_OF_ME', 'out_of_memory'],
  ['NODE_FAIL', 'node_failed'],
  ['BOOT_FAIL', 'node_failed'],
  ['PREEMPTED', 'preempted'],
  ['REVOKED', 'cancelled'],
];

/** @returns undefined for a state that is not known, which then is shown as it came. */
export function stateOfSlurm(word: string): JobState | undefined {
  return SLURM_STATES.find(([name]) => word.startsWith(name))?.[1];
}
