import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { SealongError, messageOf } from '../errors.ts';
import type { Study } from '../study/study.ts';
import {
  isTraining,
  jobFolder,
  readJob,
  withState,
  writeJob,
  type JobRecord,
} from '../training/jobRecord.ts';
import { hasEnded, STOPPED_STATUS, type JobState, type Sighting } from '../training/jobState.ts';
import { readTrainerState } from '../training/trainerFiles.ts';
import { HostTurns } from './hostTurns.ts';
import type { RemoteJob, Scheduler } from './scheduler.ts';
import type { SshHost } from './ssh/sshHost.ts';
import { followFiles, type FollowedFile } from './transfer/followFile.ts';

/** Files of a job that are brought here as they grow, and those that are replaced as a whole. */
const GROWING = ['metrics.jsonl', 'log.txt', 'starts.txt', 'environment.txt'] as const;
const WHOLE = ['state.json', 'exit', 'node'] as const;

/** Of a job's folder here: when its cluster was told to cancel it. */
export const CANCELLED = 'cancelled';

/** A job that the scheduler does not know is taken for lost after as many looks. */
const LOOKS_BEFORE_LOST = 3;

/** Characters at the end of a log in which a scheduler's last words stand. */
const LAST_WORDS = 2_000;

const STOPPED = 'stopped by a signal, with a checkpoint to go on from';

/** A scheduler's estimate of a start is taken for the same one within this. */
const MOVED_MS = 60_000;

/** What a shell gives for a process that SIGKILL ended. */
const KILLED_STATUS = 137;

/** The records after a look, and what could not be seen. */
export interface Seen {
  jobs: JobRecord[];
  problems: string[];
}

/** What was seen of the jobs of a study on one cluster. */
export class JobsOnCluster {
  readonly #study: Study;
  readonly #host: SshHost;
  readonly #turns: HostTurns;
  readonly #scheduler: Scheduler;
  readonly #clock: Clock;
  readonly #missed = new Map<string, number>();

  constructor(study: Study, host: SshHost, scheduler: Scheduler, clock: Clock) {
    this.#study = study;
    this.#host = host;
    this.#turns = new HostTurns(host.target, clock);
    this.#scheduler = scheduler;
    this.#clock = clock;
  }

  /**
   * One look at all jobs, as soon as nobody else on this machine looks at the host: one call of the scheduler and one for files,
   * however many they are. Records are written where something is new.
   *
   * @throws SealongError what is said of the connection; nothing is lost by looking again.
   */
  async look(jobs: readonly JobRecord[], signal: AbortSignal): Promise<Seen> {
    await this.#host.connect(signal);
    return this.#turns.now(this.#keysOf(jobs), () => this.#look(jobs, signal), signal);
  }

  /**
   * As {@link look}, unless somebody on this machine looked at the host within `everyMs`.
   *
   * @returns also after how many milliseconds to try again, where it was not looked.
   */
  async lookIfDue(
    jobs: readonly JobRecord[],
    everyMs: number,
    signal: AbortSignal,
  ): Promise<{ value: Seen } | { waitMs: number }> {
    // Connecting may ask the user, for whom nobody else should wait.
    await this.#host.connect(signal);
    return this.#turns.ifDue(everyMs, this.#keysOf(jobs), () => this.#look(jobs, signal));
  }

  /** When somebody on this machine looked at all of these, within `everyMs`; their records then say how they stand. */
  seenAt(jobs: readonly JobRecord[], everyMs: number): Promise<Date | undefined> {
    return this.#turns.seenAt(everyMs, this.#keysOf(jobs));
  }

  #keysOf(jobs: readonly JobRecord[]): string[] {
    return jobs.map(({ id }) => `${this.#study.dir} ${id}`);
  }

  async #look(listed: readonly JobRecord[], signal: AbortSignal): Promise<Seen> {
    // As they are now: somebody else may have looked, fetched or resumed since they were listed.
    const all = await Promise.all(listed.map(({ id }) => readJob(this.#study, id)));
    const jobs = all.filter(
      ({ state }, at) => !hasEnded(state) || hasEnded(listed[at]?.state ?? state),
    );
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
    const seen = new Map(all.map((job) => [job.id, job]));
    for (const job of jobs) {
      const next = await this.#next(job, sightings);
      if (JSON.stringify(next) !== JSON.stringify(job)) await writeJob(this.#study, next);
      seen.set(job.id, next);
    }
    return { jobs: [...seen.values()], problems };
  }

  async #next(
    job: JobRecord,
    sightings: ReadonlyMap<string, Sighting> | undefined,
  ): Promise<JobRecord> {
    const folder = jobFolder(this.#study, job.id);
    const exit = /^(\d+)\s*$/.exec(await textOf(join(folder, 'exit')))?.[1];
    const status = exit === undefined ? undefined : Number(exit);
    const isForgotten = sightings !== undefined && !sightings.has(job.id);
    const lastWords = isForgotten ? await this.#lastWords(folder) : undefined;
    const sighting = this.#judged(job, sightings, status, lastWords);
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
    lastWords: Sighting | undefined,
  ): Sighting | undefined {
    // A scheduler that does not answer may start anew what ended otherwise than well.
    if (!sightings) return status === 0 ? { state: 'done', exitCode: 0 } : undefined;
    const known = sightings.get(job.id);
    const sighting = known ?? lastWords;
    if (status === STOPPED_STATUS && (sighting === undefined || hasEnded(sighting.state))) {
      const state = sighting?.state ?? 'failed';
      // Slurm takes every status but 0 for a failure; of other ends it knows why.
      if (state === 'failed') return { ...sighting, state: 'stopped', reason: STOPPED };
      return { ...sighting, state, reason: [sighting?.reason, STOPPED].filter(Boolean).join('; ') };
    }
    if (known) {
      this.#missed.delete(job.id);
      // It ran when it was looked at before, so that it was put back: after a failed node, or for another's job.
      const ran = job.place.kind === 'cluster' && job.place.node !== undefined;
      return ran && known.state === 'pending' ? { ...known, state: 'requeued' } : known;
    }
    if (status !== undefined) return { state: status === 0 ? 'done' : 'failed', exitCode: status };
    const missed = (this.#missed.get(job.id) ?? 0) + 1;
    this.#missed.set(job.id, missed);
    if (missed < LOOKS_BEFORE_LOST) return undefined;
    if (lastWords) return lastWords;
    return {
      state: 'lost',
      reason: 'the scheduler no longer knows it, and it left no exit status; see log.txt',
    };
  }

  async #lastWords(folder: string): Promise<Sighting | undefined> {
    const log = (await textOf(join(folder, 'log.txt'))).slice(-LAST_WORDS);
    const words = this.#scheduler.lastWords?.(log);
    if (words) return words;
    // Of a task of an array that never started Slurm keeps nothing once it is cancelled.
    const told = (await textOf(join(folder, CANCELLED))) !== '';
    return told ? { state: 'cancelled', reason: 'cancelled before it started' } : undefined;
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
