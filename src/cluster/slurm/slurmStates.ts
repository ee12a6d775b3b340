import type { JobState, Sighting } from '../../training/jobState.ts';

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

/** Tasks of an array have one id as long as they wait, or where they never started: `12_[0-3,8%2]` stands for five. */
export function idsOf(id: string): string[] {
  const [, array, ranges] = /^(\d+)_\[([\d,:%-]+)\]$/.exec(id) ?? [];
  if (array === undefined || ranges === undefined) return [id];
  const tasks = ranges.replace(/%\d+$/, '').split(',');
  return tasks.flatMap((range) => {
    const [, first = 0, last = first, step = 1] = (
      /^(\d+)(?:-(\d+))?(?::(\d+))?$/.exec(range) ?? []
    ).map((digits) => (digits ? Number(digits) : undefined));
    const count = Math.min(MOST_TASKS, Math.floor((last - first) / Math.max(1, step)) + 1);
    return Array.from({ length: count }, (_, at) => `${array}_${first + at * step}`);
  });
}
/** Slurm's own limit of an array (MaxArraySize). */
const MOST_TASKS = 4_000_001;

const LAST_WORDS: readonly [RegExp, JobState][] = [
  [/DUE TO TIME LIMIT/, 'timed_out'],
  [/DUE TO PREEMPTION/, 'preempted'],
  [/DUE TO NODE FAILURE/, 'node_failed'],
  [/DUE TO JOB REQUEUE/, 'requeued'],
];

/**
 * What Slurm writes into a job's output when it ends it, for when nobody else knows any more.
 *
 * @param log the end of it.
 */
export function lastWordsOfSlurm(log: string): Sighting | undefined {
  const said = [...log.matchAll(/\*\*\* (?:JOB|STEP) \S+ ON \S+ CANCELLED AT [^*\n]* \*\*\*/g)].at(
    -1,
  )?.[0];
  if (said === undefined) return undefined;
  const [, state = 'cancelled'] = LAST_WORDS.find(([word]) => word.test(said)) ?? [];
  return state === 'requeued' ? undefined : { state, reason: said.replaceAll('***', '').trim() };
}
