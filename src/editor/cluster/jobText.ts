import type { ClusterProfile } from '../../cluster/clusterProfile.ts';
import { isTraining, type JobRecord } from '../../training/jobRecord.ts';
import type { JobState } from '../../training/jobState.ts';
import type { Job } from './job.ts';

/** A job's state in words. */
export function stateWords({ record, cutOff, sending }: Job): string {
  if (sending) return 'being sent';
  return cutOff ? 'cut off' : STATE_WORDS[record.state];
}

const STATE_WORDS: Record<JobState, string> = {
  prepared: 'not sent to its end',
  submitted: 'submitted',
  pending: 'pending',
  running: 'running',
  checkpointing: 'writing a checkpoint',
  completing: 'completing',
  requeued: 'requeued',
  suspended: 'suspended',
  done: 'done',
  stopped: 'stopped',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'timed out',
  out_of_memory: 'out of memory',
  node_failed: 'node failed',
  preempted: 'preempted',
  lost: 'lost',
};

/** Where it runs, as people name it. */
export function placeText({ place }: JobRecord): string {
  return place.kind === 'cluster' ? place.cluster : 'this machine';
}

/** What is to be done about members of a sweep that were not sent to their end. */
export const GO_ON_WITH_SWEEP = '"Train Sweep on Cluster" with the same sweep goes on with it';

/** "orpo on lab", "vllm on lab", "examples-512 of fig3 on lab" */
export function jobTitle(record: JobRecord): string {
  return `${jobName(record)} on ${placeText(record)}`;
}

function jobName(record: JobRecord): string {
  if (!isTraining(record)) return record.server.engine;
  return record.sweep ? `${record.sweep.member} of ${record.sweep.name}` : methodOf(record);
}

/** Ids are made as DATE-TIME-METHOD-RANDOM. */
export function methodOf({ id }: Pick<JobRecord, 'id'>): string {
  return /^\d{8}-\d{6}-(.+)-[0-9a-f]{4}$/.exec(id)?.[1] ?? id;
}

/** All that is to be said of how far it is, in the order of its weight. */
export function progressParts(job: Job, now: Date): string[] {
  const { record, trainer } = job;
  const last = job.metrics.at(-1);
  const parts: string[] = [];
  if (record.state === 'pending' || record.state === 'requeued') {
    if (record.reason !== undefined) parts.push(record.reason);
    if (record.expected_start !== undefined)
      parts.push(`start expected ${dayAndTime(new Date(record.expected_start), now)}`);
    return parts;
  }
  if (record.state === 'prepared') return job.sending ? [] : [unsentText(record)];
  if (!isTraining(record))
    return [record.server.served_model, ...(record.reason === undefined ? [] : [record.reason])];
  const step = trainer?.step ?? last?.step;
  if (step !== undefined && step > 0)
    parts.push(trainer?.of ? `step ${count(step)} of ${count(trainer.of)}` : `step ${count(step)}`);
  if (typeof last?.loss === 'number') parts.push(`loss ${last.loss.toPrecision(3)}`);
  if (record.state === 'running' || record.state === 'checkpointing') {
    if (step === undefined || step === 0) parts.push(trainer?.phase ?? 'starting');
    if (typeof trainer?.eta_s === 'number' && trainer.eta_s > 0)
      parts.push(`${durationText(trainer.eta_s)} left`);
  }
  const why = trainer?.error ?? (record.state === 'done' ? undefined : record.reason);
  if (typeof why === 'string' && why !== '') parts.push(why);
  return parts;
}

/** How a job is gone on with that was cut off while it was sent. */
function unsentText(record: JobRecord): string {
  if (!isTraining(record)) return '"Start Server on Cluster" with the same choices goes on with it';
  return record.sweep ? GO_ON_WITH_SWEEP : '"Resume Job" sends the rest';
}

/** "45 s", "12 min", "3 h 20 min" */
export function durationText(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** "14:05", or "Nov 24, 14:05" where it is another day. */
export function dayAndTime(at: Date, now: Date): string {
  if (Number.isNaN(at.getTime())) return 'at an unknown time';
  const time = at.toLocaleTimeString('en', { hour: '2-digit', minute: '2-digit', hour12: false });
  if (at.toDateString() === now.toDateString()) return time;
  return `${at.toLocaleDateString('en', { month: 'short', day: 'numeric' })}, ${time}`;
}

/** Bytes as people read them: "812 B", "1.4 MB". */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = -1;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit] ?? ''}`;
}

function count(n: number): string {
  return n.toLocaleString('en');
}

/** "8 GPUs (h100) · up to 08:00:00 · partition gpu". @param many whether of several jobs. */
export function profileText(profile: ClusterProfile, many = false): string {
  const { gpus, gpu_type: type, time, partition, scheduler } = profile;
  return [
    gpus === 0 ? 'no GPU' : `${gpus} GPU${gpus === 1 ? '' : 's'}${type ? ` (${type})` : ''}`,
    ...(scheduler === 'slurm'
      ? [`up to ${time}`, partition === undefined ? 'default partition' : `partition ${partition}`]
      : [many ? 'no scheduler: one behind another' : 'no scheduler: jobs start at once']),
  ].join(' · ');
}
