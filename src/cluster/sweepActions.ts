import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import type { Stage } from '../stage.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import { isTraining, listJobs, type TrainingJob } from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import type { Cluster } from './clusterProfile.ts';
import { cancelJob, fetchJob } from './jobActions.ts';
import type { SshHost } from './ssh/sshHost.ts';

/** A sweep as its name tells it, also where it was sent in several submissions. */
export interface NamedSweep {
  sweep: string;
  /** On all clusters where undefined. */
  cluster: string | undefined;
}

export interface SweepActionSummary {
  stage: 'fetch' | 'cancel';
  sweep: string;
  /** What was done, or why not. */
  members: { job: string; member: string; error: string | null }[];
  /** Of adapters that were fetched. */
  files: number;
  bytes: number;
}

export interface SweepActionPorts {
  clock: Clock;
  open: (name: string) => Promise<{ cluster: Cluster; host: SshHost }>;
}

/**
 * Fetches the adapters of all members that are done and not here yet, or cancels all that are under way. One that fails for itself
 * does not keep the others from it.
 *
 * @throws SealongError `busy` where a sweep is being sent that is to be cancelled, `no_sweep`, `no_job` where there is nothing to do, or what is said of the connection.
 */
export async function* sweepAction(
  study: Study,
  verb: 'fetch' | 'cancel',
  of: NamedSweep,
  ports: SweepActionPorts,
  signal: AbortSignal,
): Stage<SweepActionSummary> {
  // What is sent while it is cancelled would be left.
  const unlock = verb === 'cancel' ? await lockStage(study, 'train') : undefined;
  try {
    const fitting = (await membersNamed(study, of)).filter(verb === 'fetch' ? isFetchable : isOpen);
    if (fitting.length === 0)
      throw new SealongError(
        'no_job',
        verb === 'fetch'
          ? `No member of the sweep ${of.sweep} is done whose adapter is not here yet.`
          : `No member of the sweep ${of.sweep} is under way on a cluster.`,
      );
    // The latest first, so that none of those that wait starts where one before it was cancelled.
    if (verb === 'cancel') fitting.reverse();
    const summary: SweepActionSummary = {
      ...{ stage: verb, sweep: of.sweep },
      ...{ members: [], files: 0, bytes: 0 },
    };
    for (const name of new Set(fitting.map(clusterOf))) {
      const { cluster, host } = await ports.open(name);
      const there = { host, profile: cluster.profile, clock: ports.clock };
      try {
        for (const { id, sweep } of fitting.filter((job) => clusterOf(job) === name)) {
          const { files, bytes, error } = await actOn(study, verb, id, there, signal);
          summary.files += files;
          summary.bytes += bytes;
          if (error !== null) yield { type: 'warning', message: error };
          summary.members.push({ job: id, member: sweep?.member ?? '', error });
          const { length: done } = summary.members;
          yield { type: 'progress', done, total: fitting.length, unit: 'rows' };
        }
      } finally {
        await host.close();
      }
    }
    yield { type: 'done', summary };
  } finally {
    await unlock?.();
  }
}

/** @returns what was fetched, and why nothing was where the trouble is that of this job alone. */
async function actOn(
  study: Study,
  verb: 'fetch' | 'cancel',
  id: string,
  ports: Parameters<typeof cancelJob>[1],
  signal: AbortSignal,
): Promise<{ files: number; bytes: number; error: string | null }> {
  try {
    if (verb === 'fetch') return { ...(await fetchJob(study, ports, id, signal)), error: null };
    await cancelJob(study, ports, id, signal);
    return { files: 0, bytes: 0, error: null };
  } catch (failure) {
    if (!isOfOne(failure)) throw failure;
    return { files: 0, bytes: 0, error: failure.message };
  }
}

/** @throws SealongError `no_sweep`. */
async function membersNamed(study: Study, { sweep, cluster }: NamedSweep): Promise<TrainingJob[]> {
  const all = (await listJobs(study)).jobs.filter(isTraining).filter((job) => job.sweep);
  const own = all.filter(
    (job) => job.sweep?.name === sweep && (cluster === undefined || clusterOf(job) === cluster),
  );
  if (own.length > 0) return own;
  const names = [...new Set(all.flatMap((job) => job.sweep?.name ?? []))];
  throw new SealongError(
    'no_sweep',
    `${study.dir} has no jobs of a sweep "${sweep}"${cluster === undefined ? '' : ` on ${cluster}`}. ${names.length === 0 ? 'None was sent yet.' : `There are: ${names.join(', ')}.`}`,
  );
}

function isFetchable({ state, fetched_at: fetched }: TrainingJob): boolean {
  return state === 'done' && fetched === undefined;
}

function isOpen({ state }: TrainingJob): boolean {
  return state !== 'prepared' && !hasEnded(state);
}

/** Trouble of one job alone. */
function isOfOne(error: unknown): error is SealongError {
  return (
    error instanceof SealongError &&
    (error.code === 'no_adapter' || error.code === 'download_damaged')
  );
}

function clusterOf({ place }: TrainingJob): string {
  return place.kind === 'cluster' ? place.cluster : '';
}
