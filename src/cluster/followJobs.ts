import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { SealongError, messageOf } from '../errors.ts';
import type { Study } from '../study/study.ts';
import {
  isTraining,
  jobFolder,
  withState,
  writeJob,
  type JobRecord,
} from '../training/jobRecord.ts';
import { hasEnded, STOPPED_STATUS, type JobState, type Sighting } from '../training/jobState.ts';
import { readTrainerState } from '../training/trainerFiles.ts';
import type { RemoteJob, Scheduler } from './scheduler.ts';
import type { SshHost } from './ssh/sshHost.ts';
import { followFiles, type FollowedFile } from './transfer/followFile.ts';

/** Files of a job that are brought here as they grow, and those that are replaced as a whole. */
const GROWING = ['metrics.jsonl', 'log.txt', 'starts.txt', 'environment.txt'] as const;
const WHOLE = ['state.json', 'exit', 'node'] as const;

/** A job that the scheduler does not know is taken for lost after as many looks. */
const LOOKS_BEFORE_LOST = 3;

const STOPPED = 'stopped by a signal, with a checkpoint to go on from';

/** A scheduler's estimate of a start is taken for the same one within this. */
const MOVED_MS = 60_000;

/** What a shell gives for a process that SIGKILL ended. */
const KILLED_STATUS = 137;

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
    const sighting = this.#judged(job, sightings, status);
    if (!sighting) return job;
    const node = sighting.node ?? (await textOf(join(folder, 'node'))).trim();
    const placed: JobRecord =
      job.place.kind === 'cluster' && node !== '' ? { ...job, place: { ...job.place, node } } : job;
    const code = status ?? sighting.exitCode;
    const reason = killedBy(sighting.state, code) ?? sighting.reason;
    const start = expectedStart(job, sighting, this.#clock.now());
    return withState(
      placed,
      {
        state: await this.#saving(job, sighting.state),
        ...(reason === undefined ? {} : { reason }),
        ...(start === undefined ? {} : { expected_start: start }),
        ...(code === undefined || !hasEnded(sighting.state) ? {} : { exit_code: code }),
      },
      this.#clock.now(),
    );
  }

  /** The scheduler's word, and what the job left where the scheduler has forgotten it or says less. */
  #judged(
    job: JobRecord,
    sightings: ReadonlyMap<string, Sighting> | undefined,
    status: number | undefined,
  ): Sighting | undefined {
    // A scheduler that does not answer may start anew what ended otherwise than well.
    if (!sightings) return status === 0 ? { state: 'done', exitCode: 0 } : undefined;
    const sighting = sightings.get(job.id);
    if (status === STOPPED_STATUS && (sighting === undefined || hasEnded(sighting.state))) {
      const state = sighting?.state ?? 'failed';
      // Slurm takes every status but 0 for a failure; of other ends it knows why.
      if (state === 'failed') return { ...sighting, state: 'stopped', reason: STOPPED };
      return { ...sighting, state, reason: [sighting?.reason, STOPPED].filter(Boolean).join('; ') };
    }
    if (sighting) {
      this.#missed.delete(job.id);
      // It ran when it was looked at before, so that it was put back: after a failed node, or for another's job.
      const ran = job.place.kind === 'cluster' && job.place.node !== undefined;
      return ran && sighting.state === 'pending' ? { ...sighting, state: 'requeued' } : sighting;
    }
    if (status !== undefined) return { state: status === 0 ? 'done' : 'failed', exitCode: status };
    const missed = (this.#missed.get(job.id) ?? 0) + 1;
    this.#missed.set(job.id, missed);
    return missed < LOOKS_BEFORE_LOST
      ? undefined
      : {
          state: 'lost',
          reason: 'the scheduler no longer knows it, and it left no exit status; see log.txt',
        };
  }

  async #saving(job: JobRecord, state: JobState): Promise<JobState> {
    if (state !== 'running') return state;
    const { state: trainer } = await readTrainerState(jobFolder(this.#study, job.id));
    return trainer?.phase === 'checkpointing' ? 'checkpointing' : state;
  }
}

/** By our clock, whatever the cluster's says; it stays where it moved by less than a minute. */
function expectedStart(job: JobRecord, { startsInS }: Sighting, now: Date): string | undefined {
  if (startsInS === undefined) return undefined;
  const start = now.getTime() + startsInS * 1000;
  const known = job.expected_start;
  if (known !== undefined && Math.abs(Date.parse(known) - start) < MOVED_MS) return known;
  return new Date(start).toISOString();
}

function killedBy(state: JobState, status: number | undefined): string | undefined {
  return state === 'failed' && status === KILLED_STATUS
    ? 'killed by SIGKILL: by somebody, or since memory ran out'
    : undefined;
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
    ...GROWING.filter((name) => isTraining(job) || name === 'log.txt').map((name) => at(name)),
    ...WHOLE.map((name) => ({ ...at(name), whole: true })),
  ];
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
