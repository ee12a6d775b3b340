import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { SealongError, messageOf } from '../errors.ts';
import type { Study } from '../study/study.ts';
import { jobFolder, withState, writeJob, type JobRecord } from '../training/jobRecord.ts';
import { hasEnded, STOPPED_STATUS, type Sighting } from '../training/jobState.ts';
import type { RemoteJob, Scheduler } from './scheduler.ts';
import type { SshHost } from './ssh/sshHost.ts';
import { followFiles, type FollowedFile } from './transfer/followFile.ts';

/** Files of a job that are brought here as they grow, and those that are replaced as a whole. */
const GROWING = ['metrics.jsonl', 'log.txt'] as const;
const WHOLE = ['state.json', 'exit', 'node'] as const;

/** A job that the scheduler does not know is taken for lost after as many looks. */
const LOOKS_BEFORE_LOST = 3;

/** How far the trainer is, by its own word. */
export const trainerStateSchema = z.object({
  phase: z.string(),
  step: z.number().optional(),
  of: z.number().optional(),
  eta_s: z.number().nullish(),
  error: z.string().nullish(),
});
export type TrainerState = z.infer<typeof trainerStateSchema>;

/** What was seen of the jobs of a study on one cluster. */
export class JobsOnCluster {
  readonly #study: Study;
  readonly #host: SshHost;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #missed = new Map<string, number>();

  constructor(study: Study, host: SshHost, scheduler: Scheduler, clock: Clock) {
    this.#study = study;
    this.#host = host;
    this.#scheduler = scheduler;
    this.#clock = clock;
  }

  /**
   * One look at all jobs: one call of the scheduler and one for files, however many they are. Records are written where
   * something is new.
   *
   * @returns the records after the look, and what could not be seen.
   * @throws SealongError what is said of the connection; nothing is lost by looking again.
   */
  async look(
    jobs: readonly JobRecord[],
    signal: AbortSignal,
  ): Promise<{ jobs: JobRecord[]; problems: string[] }> {
    const remote = jobs.flatMap((job) => remoteJob(job) ?? []);
    const problems: string[] = [];
    let sightings: ReadonlyMap<string, Sighting> | undefined;
    try {
      sightings = await this.#scheduler.sight(this.#host, remote, signal);
    } catch (error) {
      if (!(error instanceof SealongError && error.code === 'scheduler_down')) throw error;
      problems.push(messageOf(error));
    }
    // After the states: what a job wrote before its end is there when the end was seen.
    const files = jobs.flatMap((job) => filesOf(this.#study, job));
    while (await followFiles(this.#host, files, signal)) signal.throwIfAborted();
    const seen: JobRecord[] = [];
    for (const job of jobs) {
      const next = await this.#next(job, sightings);
      if (JSON.stringify(next) !== JSON.stringify(job)) await writeJob(this.#study, next);
      seen.push(next);
    }
    return { jobs: seen, problems };
  }

  async #next(
    job: JobRecord,
    sightings: ReadonlyMap<string, Sighting> | undefined,
  ): Promise<JobRecord> {
    const folder = jobFolder(this.#study, job.id);
    const exit = /^(\d+)\s*$/.exec(await textOf(join(folder, 'exit')))?.[1];
    const status = exit === undefined ? undefined : Number(exit);
    const node = (await textOf(join(folder, 'node'))).trim();
    const sighting = this.#judged(job, sightings, status);
    if (!sighting) return job;
    const placed: JobRecord =
      job.place.kind === 'cluster' && (sighting.node ?? node) !== ''
        ? { ...job, place: { ...job.place, node: sighting.node ?? node } }
        : job;
    const code = status ?? sighting.exitCode;
    return withState(
      placed,
      {
        state: sighting.state,
        ...(sighting.reason === undefined ? {} : { reason: sighting.reason }),
        ...(sighting.expectedStart === undefined ? {} : { expected_start: sighting.expectedStart }),
        ...(code === undefined || !hasEnded(sighting.state) ? {} : { exit_code: code }),
      },
      this.#clock.now(),
    );
  }

  /** The scheduler's word, and the exit status that the job left where the scheduler has forgotten it or says less. */
  #judged(
    job: JobRecord,
    sightings: ReadonlyMap<string, Sighting> | undefined,
    status: number | undefined,
  ): Sighting | undefined {
    const sighting = sightings?.get(job.id);
    const over = sighting === undefined || hasEnded(sighting.state);
    if (over && status === STOPPED_STATUS)
      return {
        state: sighting?.state === 'cancelled' ? 'cancelled' : 'stopped',
        reason: 'stopped by a signal with a checkpoint, from which it can go on',
      };
    if (sighting) {
      this.#missed.delete(job.id);
      return sighting;
    }
    if (status !== undefined) return { state: status === 0 ? 'done' : 'failed', exitCode: status };
    if (!sightings) return undefined;
    const missed = (this.#missed.get(job.id) ?? 0) + 1;
    this.#missed.set(job.id, missed);
    return missed < LOOKS_BEFORE_LOST
      ? undefined
      : {
          state: 'lost',
          reason: 'the scheduler no longer knows it, and it left no exit status; see log.txt',
        };
  }
}

export function remoteJob(job: JobRecord): RemoteJob | undefined {
  if (job.place.kind !== 'cluster') return undefined;
  const { folder, scheduler_id: schedulerId } = job.place;
  const name = `sealong-${job.id}${job.attempt === 1 ? '' : `-${job.attempt}`}`;
  return { jobId: job.id, name, folder, ...(schedulerId === undefined ? {} : { schedulerId }) };
}

function filesOf(study: Study, job: JobRecord): FollowedFile[] {
  const remote = remoteJob(job);
  if (!remote) return [];
  const local = jobFolder(study, job.id);
  const at = (name: string) => ({ remote: `${remote.folder}/${name}`, local: join(local, name) });
  return [
    ...GROWING.map((name) => at(name)),
    ...WHOLE.map((name) => ({ ...at(name), whole: true })),
  ];
}

/** What the trainer said last, of a job whose files are here. */
export async function trainerState(study: Study, id: string): Promise<TrainerState | undefined> {
  const text = await textOf(join(jobFolder(study, id), 'state.json'));
  if (text === '') return undefined;
  try {
    return trainerStateSchema.parse(JSON.parse(text));
  } catch {
    // Written by another version of the trainer, or read while it was replaced: the next look tells.
    return undefined;
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
