import { isTraining } from '../../training/jobRecord.ts';
import { fetchedAt, isOpen, type Job } from './job.ts';
import { placeText, stateWords } from './jobText.ts';

/** The jobs of a sweep on one cluster, as one thing: also those of several submissions of the same sweep. */
export interface JobSweep {
  /** Folder of its study. */
  dir: string;
  study: string;
  name: string;
  cluster: string;
  /** In the order of the sweep. */
  members: readonly Job[];
}

/** A job that stands alone, or a sweep. */
export type JobEntry = { kind: 'job'; job: Job } | { kind: 'sweep'; sweep: JobSweep };

/** @param jobs of one study, newest first; a sweep stands where its newest member is. */
export function entriesOf(jobs: readonly Job[]): JobEntry[] {
  const seen = new Set<string>();
  return jobs.flatMap((job): JobEntry[] => {
    const key = sweepKey(job);
    if (key === undefined) return [{ kind: 'job', job }];
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ kind: 'sweep', sweep: sweepOf(job, jobs) }];
  });
}

export function sweepsOf(jobs: readonly Job[]): JobSweep[] {
  return entriesOf(jobs).flatMap((entry) => (entry.kind === 'sweep' ? [entry.sweep] : []));
}

/** The sweep that a job is a member of. */
export function sweepOfJob(job: Job, jobs: readonly Job[]): JobSweep | undefined {
  return sweepKey(job) === undefined ? undefined : sweepOf(job, jobs);
}

function sweepOf(job: Job, jobs: readonly Job[]): JobSweep {
  const key = sweepKey(job);
  const members = jobs.filter((one) => sweepKey(one) === key);
  return {
    dir: job.dir,
    study: job.study,
    name: sweepPlace(job)?.name ?? '',
    cluster: placeText(job.record),
    members: members.toSorted(inOrder),
  };
}

function sweepKey(job: Job): string | undefined {
  const place = sweepPlace(job);
  return place && JSON.stringify([job.dir, place.name, placeText(job.record)]);
}

function sweepPlace({ record }: Job) {
  return isTraining(record) ? record.sweep : undefined;
}

/** By submission, then by place in it. */
function inOrder(a: Job, b: Job): number {
  const [first, second] = [sweepPlace(a), sweepPlace(b)];
  if (first?.id !== second?.id) return a.record.created_at < b.record.created_at ? -1 : 1;
  return (first?.index ?? 0) - (second?.index ?? 0);
}

/** "fig3 on lab" */
export function sweepTitle({ name, cluster }: Pick<JobSweep, 'name' | 'cluster'>): string {
  return `${name} on ${cluster}`;
}

/** "512 examples, orpo": what makes a member another than the rest, under its sweep. Undefined for what is no member. */
export function memberTitle(job: Job): string | undefined {
  const place = sweepPlace(job);
  if (!place) return undefined;
  const values = Object.entries(place.values ?? {});
  if (values.length === 0) return place.member;
  return values
    .map(([axis, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      if (axis === 'examples') return `${text} examples`;
      return axis === 'method' || axis === 'export' ? text : `${axis} ${text}`;
    })
    .join(', ');
}

/** How the whole of it stands, by the member that says most: what runs, what waits, what went wrong. */
export type SweepState = 'prepared' | 'pending' | 'running' | 'done' | 'failed' | 'cancelled';

export function sweepState({ members }: JobSweep): SweepState {
  const states = new Set(members.map(({ record }) => record.state));
  const some = (...named: Job['record']['state'][]) => named.some((state) => states.has(state));
  if (some('running', 'checkpointing', 'completing', 'suspended')) return 'running';
  const open = members.filter(isOpen);
  if (open.some(({ record }) => record.state !== 'prepared')) return 'pending';
  if (open.length > 0) return 'prepared';
  if (states.size === 1 && states.has('done')) return 'done';
  if ([...states].every((state) => state === 'done' || state === 'cancelled')) return 'cancelled';
  return 'failed';
}

/** "2 of 4 done, 1 running, 1 pending": every member stands in one of the parts. */
export function sweepCounts({ members }: JobSweep): string {
  const counts = new Map<string, number>();
  for (const job of members) counts.set(stateWords(job), (counts.get(stateWords(job)) ?? 0) + 1);
  const done = counts.get('done') ?? 0;
  counts.delete('done');
  return [
    `${done} of ${members.length} done`,
    ...[...counts].map(([words, n]) => `${n} ${words}`),
  ].join(', ');
}

/** Members whose adapter can be fetched. */
export function fetchable({ members }: JobSweep): Job[] {
  return members.filter((job) => job.record.state === 'done' && fetchedAt(job) === undefined);
}

/** Members that can be cancelled. */
export function cancellable({ members }: JobSweep): Job[] {
  return members.filter((job) => isOpen(job) && job.record.state !== 'prepared');
}
