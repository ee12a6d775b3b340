import type { Stage } from '../stage.ts';
import type { Study } from '../study/study.ts';
import { isTraining, jobFolder, listJobs, type JobRecord } from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import { endOfLog, readTrainerState } from '../training/trainerFiles.ts';
import { serverState } from './serve/serverState.ts';
import { StudyLooks, type FollowPorts } from './studyLooks.ts';

/** A scheduler is asked no oftener, whatever the number of jobs. */
const LOOK_MS = 10_000;

export interface JobsSummary {
  stage: 'jobs';
  jobs: JobLine[];
  /** Each sweep with how many of its jobs are in which state. */
  sweeps: { sweep: string; jobs: number; states: Record<string, number> }[];
}

/** A job as the command prints it. */
export interface JobLine {
  job: string;
  kind: JobRecord['kind'];
  place: string;
  state: JobRecord['state'];
  reason: string | null;
  scheduler_id: string | null;
  node: string | null;
  expected_start: string | null;
  step: number | null;
  of: number | null;
  phase: string | null;
  error: string | null;
  created_at: string;
  fetched_at: string | null;
  /** Of a member of a sweep: the sweep's name, and what makes the member another than the rest. */
  sweep: string | null;
  member: string | null;
  /** Of an inference server. */
  model: string | null;
  adapter: string | null;
}

export interface FollowOptions {
  /** These alone; all that have not ended where absent. */
  jobIds?: ReadonlySet<string>;
  /** Go on until all have ended. Otherwise one look. */
  follow: boolean;
  /** At least 10 s outside tests. */
  lookMs?: number;
  signal: AbortSignal;
}

/**
 * Looks at the jobs of a study on clusters, and brings metrics and logs here. A connection that is lost is made again, with
 * pauses that grow; what happened meanwhile is seen then. Who else on this machine follows them, a window or another command,
 * takes turns with this one, and each tells what the other saw.
 */
export async function* followJobs(
  study: Study,
  ports: FollowPorts,
  options: FollowOptions,
): Stage<JobsSummary> {
  const { signal, follow } = options;
  const wanted = (job: JobRecord) =>
    job.place.kind === 'cluster' &&
    job.state !== 'prepared' &&
    (options.jobIds?.has(job.id) ?? true);
  const isOpen = (job: JobRecord) => wanted(job) && !hasEnded(job.state);
  const looks = new StudyLooks(study, ports, { follow, lookMs: options.lookMs ?? LOOK_MS });
  const said = new Set<string>();
  let { jobs, problems } = await listJobs(study);
  const told = new Map(jobs.map(({ id, state }) => [id, state]));
  try {
    for (;;) {
      const open = jobs.filter(isOpen);
      yield* looks.pass(open, signal);
      ({ jobs, problems } = await listJobs(study));
      for (const job of jobs.filter(wanted)) {
        if ((told.get(job.id) ?? job.state) !== job.state)
          yield { type: 'note', message: await changeText(study, job) };
        told.set(job.id, job.state);
      }
      const { problems: unread, ...progress } = await progressOf(study, jobs.filter(wanted));
      for (const message of [...problems, ...unread].filter((problem) => !said.has(problem))) {
        said.add(message);
        yield { type: 'warning', message };
      }
      yield progress;
      if (follow ? !jobs.some(isOpen) : looks.sawAll(open)) break;
      await looks.pause(jobs.filter(isOpen), signal);
    }
    const listed = options.jobIds ? jobs.filter(({ id }) => options.jobIds?.has(id)) : jobs;
    const lines = await Promise.all(listed.map((job) => lineOf(study, job)));
    yield { type: 'done', summary: { stage: 'jobs', jobs: lines, sweeps: sweepsOf(lines) } };
  } finally {
    await looks.close();
  }
}

function sweepsOf(lines: readonly JobLine[]): JobsSummary['sweeps'] {
  const sweeps = new Map<string, Record<string, number>>();
  for (const { sweep, state } of lines) {
    if (sweep === null) continue;
    const states = sweeps.get(sweep) ?? {};
    states[state] = (states[state] ?? 0) + 1;
    sweeps.set(sweep, states);
  }
  return [...sweeps].map(([sweep, states]) => ({
    sweep,
    jobs: Object.values(states).reduce((sum, count) => sum + count, 0),
    states,
  }));
}

async function progressOf(study: Study, jobs: readonly JobRecord[]) {
  let [done, total] = [0, 0];
  const problems: string[] = [];
  for (const job of jobs) {
    if (!isTraining(job)) continue;
    const { state, problem } = await readTrainerState(jobFolder(study, job.id));
    done += state?.step ?? 0;
    total += state?.of ?? 0;
    if (problem !== undefined) problems.push(problem);
  }
  return { type: 'progress' as const, done, total, unit: 'steps' as const, problems };
}

async function lineOf(study: Study, job: JobRecord): Promise<JobLine> {
  const { state: trainer, problem } = isTraining(job)
    ? await readTrainerState(jobFolder(study, job.id))
    : {};
  const server = isTraining(job) ? undefined : await serverState(study, job.id);
  const { place } = job;
  const onCluster = place.kind === 'cluster' ? place : undefined;
  return {
    job: job.id,
    kind: job.kind,
    place: onCluster?.cluster ?? 'local',
    state: job.state,
    reason: job.reason ?? null,
    scheduler_id: onCluster?.scheduler_id ?? null,
    node: onCluster?.node ?? null,
    expected_start: job.expected_start ?? null,
    step: trainer?.step ?? null,
    of: trainer?.of ?? null,
    phase: trainer?.phase ?? server?.phase ?? null,
    error: trainer?.error ?? problem ?? null,
    created_at: job.created_at,
    fetched_at: (isTraining(job) ? job.fetched_at : undefined) ?? null,
    sweep: (isTraining(job) ? job.sweep?.name : undefined) ?? null,
    member: (isTraining(job) ? job.sweep?.member : undefined) ?? null,
    model: isTraining(job) ? null : job.server.served_model,
    adapter: (isTraining(job) ? undefined : job.server.adapter?.path) ?? null,
  };
}

async function changeText(study: Study, job: JobRecord): Promise<string> {
  const remedy = isTraining(job) ? remedyText(job.state) : '';
  const text = [stateText(job), remedy].filter(Boolean).join(' ');
  if (job.state !== 'failed' && job.state !== 'lost') return text;
  const end = await endOfLog(jobFolder(study, job.id));
  return end === '' ? text : `${text} The end of its log.txt:\n${end}`;
}

/** What to do about a job that ended before its work was done. */
function remedyText(state: JobRecord['state']): string {
  if (!hasEnded(state) || state === 'done') return '';
  const resume = '"sealong resume" goes on from its last checkpoint.';
  const first = REMEDIES[state];
  return first === undefined ? resume : `${first}; then ${resume}`;
}

const REMEDIES: Partial<Record<JobRecord['state'], string>> = {
  timed_out: 'Give it more "time" in the cluster\'s profile',
  out_of_memory:
    'Give it more "memory_gb" in the cluster\'s profile, or a smaller training.micro_batch_size',
  failed: 'Mend what its log says',
};

/** A job's state for people. */
export function stateText(job: JobRecord): string {
  const where = job.place.kind === 'cluster' ? ` on ${job.place.cluster}` : '';
  const why = job.reason === undefined ? '' : ` (${job.reason})`;
  return `${isTraining(job) ? 'Job' : 'Server'} ${job.id}${where} is ${job.state.replaceAll('_', ' ')}${why}.`;
}
