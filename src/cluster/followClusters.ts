import type { Clock } from '../clock.ts';
import { SealongError, messageOf } from '../errors.ts';
import { lockStage } from '../study/lock.ts';
import { openStudy, type Study } from '../study/study.ts';
import { listJobs, type JobRecord } from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import { clusterOf } from './clusterProfile.ts';
import { openCluster, type ClusterAccess } from './connect.ts';
import { JobsOnCluster } from './followJobs.ts';
import { schedulerOf } from './schedulerOf.ts';
import { isPassing } from './ssh/sshFailure.ts';
import type { SshHost } from './ssh/sshHost.ts';

/** A scheduler is asked no oftener, whatever the number of jobs and studies. */
const LOOK_MS = 10_000;
const LONGEST_PAUSE_MS = 60_000;
/** Records here are listed as often, to see jobs that were sent meanwhile. */
const LIST_MS = 2_000;
/** A study that another process follows is tried again after this. */
const BUSY_MS = 30_000;

export type FollowNews =
  /** What is here of a study's jobs may be newer. */
  | { type: 'seen'; study: string }
  | {
      type: 'contact';
      cluster: string;
      /** `stopped`: it is not tried again, since waiting would not help. */
      state: 'connected' | 'retrying' | 'stopped';
      message: string;
      code?: string;
    };

export interface FollowClustersPorts {
  clock: Clock;
  access: ClusterAccess;
  tell: (news: FollowNews) => void;
  /** At least 10 s outside tests. */
  lookMs?: number;
}

/** Open jobs of one study on one cluster. */
interface Group {
  study: Study;
  cluster: string;
  jobs: JobRecord[];
}

/**
 * Follows the open jobs of several studies until none is open: for each host one connection and one look in ten seconds, in
 * which its studies take turns. A study is followed by one process at a time.
 *
 * @param followed folders of the studies, and jobs of theirs that somebody else looks at; asked anew each time.
 */
export async function followClusters(
  followed: () => { studies: readonly string[]; except: readonly string[] },
  ports: FollowClustersPorts,
  signal: AbortSignal,
): Promise<void> {
  const following = new Map<string, Promise<void>>();
  const stopped = new Set<string>();
  const locks = new StudyLocks(ports.clock);
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const open = async () => {
    const { studies, except } = followed();
    return openGroups(await locks.held(studies), new Set(except));
  };
  const openOn = async (host: string): Promise<Group[]> =>
    (await open()).filter(({ cluster }) => hostOf(ports.access, cluster) === host);
  try {
    for (;;) {
      signal.throwIfAborted();
      const groups = await open();
      for (const { cluster } of groups) {
        if (stopped.has(cluster)) continue;
        const host = hostOf(ports.access, cluster);
        if (host instanceof SealongError) {
          stopped.add(cluster);
          ports.tell(contact(cluster, 'stopped', host));
        } else if (!following.has(host) && !stopped.has(host)) {
          const ended = followHost(() => openOn(host), ports, both).then((end) => {
            following.delete(host);
            if (end === 'stopped') stopped.add(host);
          });
          // Awaited below; a failure before that is not unhandled.
          ended.catch(() => undefined);
          following.set(host, ended);
        }
      }
      if (following.size === 0 && !locks.waiting) return;
      await Promise.race([ports.clock.sleep(LIST_MS, signal), ...following.values()]);
    }
  } finally {
    stop.abort(new Error('Following ended.'));
    await Promise.allSettled(following.values());
    await locks.release();
  }
}

/** One host: connects, and looks at one study's jobs after the other. */
async function followHost(
  open: () => Promise<Group[]>,
  { clock, access, tell, lookMs = LOOK_MS }: FollowClustersPorts,
  signal: AbortSignal,
): Promise<'ended' | 'stopped'> {
  const lookers = new Map<string, JobsOnCluster>();
  let host: SshHost | undefined;
  let pause = lookMs;
  try {
    for (let turn = 0; ;) {
      const groups = await open();
      const group = groups[turn % Math.max(1, groups.length)];
      if (!group) return 'ended';
      const { study, cluster, jobs } = group;
      try {
        const { profile } = clusterOf(access.configured, cluster, access.where);
        host ??= (await openCluster(access, cluster)).host;
        const key = JSON.stringify([study.dir, cluster]);
        const looker =
          lookers.get(key) ?? new JobsOnCluster(study, host, schedulerOf(profile), clock);
        lookers.set(key, looker);
        const look = await looker.lookIfDue(jobs, lookMs, signal);
        if ('waitMs' in look) {
          await clock.sleep(look.waitMs, signal);
          continue;
        }
        const { problems } = look.value;
        tell({ type: 'contact', cluster, state: 'connected', message: problems.join(' ') });
        tell({ type: 'seen', study: study.dir });
        turn += 1;
        pause = lookMs;
      } catch (error) {
        signal.throwIfAborted();
        if (!isPassing(error)) {
          if (!(error instanceof SealongError)) throw error;
          tell(contact(cluster, 'stopped', error));
          return 'stopped';
        }
        tell(contact(cluster, 'retrying', error));
        turn += 1;
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
      await clock.sleep(pause, signal);
    }
  } finally {
    await host?.close();
  }
}

function contact(cluster: string, state: 'retrying' | 'stopped', error: unknown): FollowNews {
  return {
    type: 'contact',
    cluster,
    state,
    message: messageOf(error),
    ...(error instanceof SealongError ? { code: error.code } : {}),
  };
}

/** Clusters with the same are one host, which is asked once. */
function hostOf(access: ClusterAccess, cluster: string): string | SealongError {
  try {
    const { host, ssh_config: config } = clusterOf(
      access.configured,
      cluster,
      access.where,
    ).profile;
    return JSON.stringify([host, config ?? null]);
  } catch (error) {
    if (error instanceof SealongError) return error;
    throw error;
  }
}

async function openGroups(
  studies: readonly Study[],
  except: ReadonlySet<string> = new Set(),
): Promise<Group[]> {
  const groups: Group[] = [];
  for (const study of studies) {
    const byCluster = new Map<string, JobRecord[]>();
    for (const job of (await listJobs(study)).jobs) {
      if (job.place.kind !== 'cluster' || job.state === 'prepared' || hasEnded(job.state)) continue;
      if (except.has(job.id)) continue;
      const own = byCluster.get(job.place.cluster);
      if (own) own.push(job);
      else byCluster.set(job.place.cluster, [job]);
    }
    for (const [cluster, jobs] of byCluster) groups.push({ study, cluster, jobs });
  }
  return groups;
}

/** The studies that this process follows: two would write the same copies of files. */
class StudyLocks {
  readonly #clock: Clock;
  readonly #held = new Map<string, { study: Study; unlock: () => Promise<void> }>();
  readonly #busyUntil = new Map<string, number>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether another process follows one of them now. */
  get waiting(): boolean {
    return this.#busyUntil.size > 0;
  }

  /** Those with open jobs are locked; a study that is not readable at present is none. */
  held(dirs: readonly string[]): Promise<Study[]> {
    const next = this.#turn.then(async () => {
      const studies: Study[] = [];
      for (const dir of dirs) {
        const study = this.#held.get(dir)?.study ?? (await this.#take(dir));
        if (study) studies.push(study);
      }
      return studies;
    });
    this.#turn = next.catch(() => undefined);
    return next;
  }

  async release(): Promise<void> {
    await this.#turn;
    for (const { unlock } of this.#held.values()) await unlock();
    this.#held.clear();
  }

  async #take(dir: string): Promise<Study | undefined> {
    const now = this.#clock.now().getTime();
    if ((this.#busyUntil.get(dir) ?? 0) > now) return undefined;
    this.#busyUntil.delete(dir);
    try {
      const study = await openStudy(dir);
      if ((await openGroups([study])).length === 0) return undefined;
      this.#held.set(dir, { study, unlock: await lockStage(study, 'follow') });
      return study;
    } catch (error) {
      if (!(error instanceof SealongError)) throw error;
      if (error.code === 'busy') this.#busyUntil.set(dir, now + BUSY_MS);
      return undefined;
    }
  }
}
