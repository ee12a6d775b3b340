import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { StageEvent } from '../stage.ts';
import type { Study } from '../study/study.ts';
import type { JobRecord } from '../training/jobRecord.ts';
import type { Cluster } from './clusterProfile.ts';
import { JobsOnCluster } from './followJobs.ts';
import { schedulerOf } from './schedulerOf.ts';
import { isPassing } from './ssh/sshFailure.ts';
import type { SshHost } from './ssh/sshHost.ts';

const LONGEST_PAUSE_MS = 60_000;
/** A wait that is longer than this is told to who sits there. */
const TOLD_MS = 1_000;

export interface FollowPorts {
  clock: Clock;
  /** Connects to a cluster of the user's by its name. */
  open: (name: string) => Promise<{ cluster: Cluster; host: SshHost }>;
}

type Told = Extract<StageEvent<never>, { type: 'note' | 'warning' }>;

/** How things stand with one cluster. */
interface Place {
  looker: JobsOnCluster;
  host: SshHost;
  /** Milliseconds since 1970 before which it is not asked again. */
  nextMs: number;
  /** Failures in a row. */
  failed: number;
  seen: boolean;
}

/** Looks at a study's jobs on all their clusters, over one connection each, and no oftener than is polite. */
export class StudyLooks {
  readonly #study: Study;
  readonly #ports: FollowPorts;
  readonly #options: { follow: boolean; lookMs: number };
  readonly #places = new Map<string, Place>();

  constructor(study: Study, ports: FollowPorts, options: { follow: boolean; lookMs: number }) {
    this.#study = study;
    this.#ports = ports;
    this.#options = options;
  }

  /**
   * Looks at those clusters whose turn it is.
   *
   * @throws SealongError what is said of a connection; where this follows, only what waiting would not mend.
   */
  async *pass(
    open: readonly JobRecord[],
    signal: AbortSignal,
  ): AsyncGenerator<Told, void, undefined> {
    const { clock } = this.#ports;
    const { follow, lookMs } = this.#options;
    for (const [cluster, jobs] of byCluster(open)) {
      const place = await this.#placeOf(cluster);
      const now = clock.now().getTime();
      if (place.nextMs > now) continue;
      try {
        if (!follow && (await place.looker.seenAt(jobs, lookMs))) {
          place.seen = true;
          continue;
        }
        const look = await place.looker.lookIfDue(jobs, lookMs, signal);
        place.failed = 0;
        if ('waitMs' in look) {
          place.nextMs = clock.now().getTime() + look.waitMs;
          if (!follow && look.waitMs > TOLD_MS)
            yield { type: 'note', message: waitText(cluster, look.waitMs) };
          continue;
        }
        place.seen = true;
        place.nextMs = clock.now().getTime() + lookMs;
        for (const message of look.value.problems) yield { type: 'warning', message };
      } catch (error) {
        if (!follow || !isPassing(error)) throw error;
        place.failed += 1;
        place.nextMs =
          clock.now().getTime() + Math.min(lookMs * 2 ** place.failed, LONGEST_PAUSE_MS);
        yield { type: 'warning', message: `${messageOf(error)} Trying again.` };
      }
    }
  }

  /** Whether the clusters of all of these were looked at, by this or by somebody else just before. */
  sawAll(jobs: readonly JobRecord[]): boolean {
    return [...byCluster(jobs).keys()].every((cluster) => this.#places.get(cluster)?.seen === true);
  }

  /** Until a cluster of these can be asked again, or others may have seen something new. */
  async pause(jobs: readonly JobRecord[], signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const now = clock.now().getTime();
    const waits = [...byCluster(jobs).keys()].map(
      (cluster) => (this.#places.get(cluster)?.nextMs ?? now) - now,
    );
    await clock.sleep(Math.max(0, Math.min(...waits, this.#options.lookMs)), signal);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#places.values()].map(({ host }) => host.close()));
  }

  async #placeOf(name: string): Promise<Place> {
    const known = this.#places.get(name);
    if (known) return known;
    const { cluster, host } = await this.#ports.open(name);
    const scheduler = schedulerOf(cluster.profile);
    const looker = new JobsOnCluster(this.#study, host, scheduler, this.#ports.clock);
    const place = { looker, host, nextMs: 0, failed: 0, seen: false };
    this.#places.set(name, place);
    return place;
  }
}

function waitText(cluster: string, waitMs: number): string {
  return `${cluster} was asked a moment ago, by a window or another command; it is asked again in ${Math.ceil(waitMs / 1000)} s.`;
}

function byCluster(jobs: readonly JobRecord[]): Map<string, JobRecord[]> {
  const clusters = new Map<string, JobRecord[]>();
  for (const job of jobs) {
    if (job.place.kind !== 'cluster') continue;
    const own = clusters.get(job.place.cluster);
    if (own) own.push(job);
    else clusters.set(job.place.cluster, [job]);
  }
  return clusters;
}
