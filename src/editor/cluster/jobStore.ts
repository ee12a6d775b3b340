import { join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../errors.ts';
import { isLocked } from '../../study/lock.ts';
import {
  isTraining,
  jobFolder,
  listJobs,
  SERVE,
  type JobRecord,
} from '../../training/jobRecord.ts';
import { hasEnded } from '../../training/jobState.ts';
import { MetricsFile } from '../../training/metricsFile.ts';
import { readTrainerState } from '../../training/trainerFiles.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { filesOf, isOpen, type Job } from './job.ts';
import { NewJobs } from './newJobs.ts';

/** Bursts of changes are read once. */
const SETTLE_MS = 150;
/** Watchers miss changes: what is under way, and whether others began something, is looked at as often. */
const LOOK_MS = 2_000;

/** The jobs of the workspace's studies, kept up to date with their files, whoever writes them. */
export class JobStore implements vscode.Disposable {
  readonly #store: StudyStore;
  readonly #log: vscode.LogOutputChannel;
  readonly #memory: vscode.Memento;
  readonly #jobs = new Map<string, Job[]>();
  readonly #metrics = new Map<string, MetricsFile>();
  readonly #changed = new vscode.EventEmitter<string>();
  /** Something of the jobs of a study, named by its folder, is another. */
  readonly onDidChange = this.#changed.event;
  readonly #ended = new vscode.EventEmitter<Job>();
  /** A job that was open when it was looked at before, also before a restart of the editor, has come to its end. */
  readonly onDidEnd = this.#ended.event;
  readonly #settling = new Map<string, NodeJS.Timeout>();
  readonly #reading = new Map<string, Promise<void>>();
  readonly #new = new NewJobs();
  readonly #looks: NodeJS.Timeout;
  readonly #subscriptions: vscode.Disposable[];

  /** @param memory where it is kept which jobs were open, over restarts of the editor. */
  constructor(store: StudyStore, log: vscode.LogOutputChannel, memory: vscode.Memento) {
    this.#store = store;
    this.#log = log;
    this.#memory = memory;
    this.#subscriptions = [
      ...this.#watch('**/training/*/{job.json,state.json,metrics.jsonl}', '../../..'),
      ...this.#watch('**/.sealong/servers/*/{job.json,state.json}', '../../../..'),
      store.onDidChange(({ study }) => {
        for (const { dir } of study ? [study] : store.studies())
          if (!this.#jobs.has(dir)) this.refreshSoon(dir);
      }),
    ];
    this.#looks = setInterval(() => {
      for (const { dir } of store.studies()) void this.#look(dir);
    }, LOOK_MS);
    void store.ready.then(() => {
      for (const { dir } of store.studies()) this.refreshSoon(dir);
    });
  }

  /** Newest first, by study. */
  all(): readonly Job[] {
    return this.#store.studies().flatMap(({ dir }) => this.of(dir));
  }

  of(dir: string): readonly Job[] {
    return this.#jobs.get(dir) ?? [];
  }

  job(dir: string, id: string): Job | undefined {
    return this.of(dir).find(({ record }) => record.id === id);
  }

  refreshSoon(dir: string): void {
    if (this.#settling.has(dir)) return;
    const timer = setTimeout(() => {
      this.#settling.delete(dir);
      void this.refresh(dir);
    }, SETTLE_MS);
    this.#settling.set(dir, timer);
  }

  /** Reads the jobs of a study as they are now; one reading after another. */
  refresh(dir: string): Promise<void> {
    const next = (this.#reading.get(dir) ?? Promise.resolve())
      .then(() => this.#read(dir))
      .catch((error: unknown) => {
        this.#log.warn(`The jobs of ${dir} could not be read: ${messageOf(error)}`);
      });
    this.#reading.set(dir, next);
    return next;
  }

  dispose(): void {
    clearInterval(this.#looks);
    for (const timer of this.#settling.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#ended.dispose();
  }

  async #look(dir: string): Promise<void> {
    try {
      if (this.of(dir).some(isOpen) || (await this.#new.mayBeIn(dir))) this.refreshSoon(dir);
    } catch (error) {
      this.#log.warn(
        `The folders of the jobs of ${dir} could not be looked at: ${messageOf(error)}`,
      );
    }
  }

  /** @param up from a file to the folder of its study. */
  #watch(pattern: string, up: string): vscode.Disposable[] {
    const watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const changed = ({ fsPath }: vscode.Uri) => {
      this.refreshSoon(join(fsPath, up));
    };
    return [
      watcher,
      watcher.onDidChange(changed),
      watcher.onDidCreate(changed),
      watcher.onDidDelete(changed),
    ];
  }

  async #read(dir: string): Promise<void> {
    const study = this.#store.study(dir);
    if (!study) {
      if (this.#jobs.delete(dir)) this.#changed.fire(dir);
      return;
    }
    const before = this.#jobs.get(dir);
    const wereOpen = new Set(before ? openIds(before) : this.#remembered(dir));
    const { jobs: records, problems } = await listJobs(filesOf(dir));
    if (!before) for (const problem of problems) this.#log.warn(problem);
    const jobs: Job[] = [];
    for (const record of records.toReversed()) {
      const known = before?.find((job) => job.record.id === record.id);
      jobs.push(await this.#job(study, record, known));
    }
    this.#jobs.set(dir, jobs);
    if (before?.length === jobs.length && jobs.every((job, at) => isSame(job, before[at]))) return;
    this.#changed.fire(dir);
    for (const job of jobs) if (wereOpen.has(job.record.id) && !isOpen(job)) this.#ended.fire(job);
    const open = openIds(jobs);
    if (open.join() !== this.#remembered(dir).join()) await this.#memory.update(keyOf(dir), open);
  }

  /** Ids of the jobs that were open when this window, or the one before it, looked last. */
  #remembered(dir: string): readonly string[] {
    return this.#memory.get<string[]>(keyOf(dir)) ?? [];
  }

  async #job(
    { dir, name }: { dir: string; name: string },
    record: JobRecord,
    known: Job | undefined,
  ): Promise<Job> {
    // What has ended and was read after its end stays as it is.
    const settled = known && !isOpen(known) && hasEnded(record.state);
    const folder = jobFolder(filesOf(dir), record.id);
    const metrics = this.#metrics.get(folder) ?? new MetricsFile(join(folder, 'metrics.jsonl'));
    this.#metrics.set(folder, metrics);
    if (!settled) await metrics.read();
    const said = settled
      ? { state: known.trainer, problem: known.problem }
      : isTraining(record)
        ? await readTrainerState(folder)
        : {};
    const runsHere = record.place.kind === 'local' && !hasEnded(record.state);
    const unsent = record.place.kind === 'cluster' && record.state === 'prepared';
    const lock = isTraining(record) ? 'train' : SERVE;
    const locked = (runsHere || unsent) && (await isLocked(filesOf(dir), lock));
    return {
      dir,
      study: name,
      record,
      trainer: said.state,
      problem: said.problem,
      metrics: metrics.points,
      cutOff: runsHere && !locked,
      sending: unsent && locked,
    };
  }
}

function openIds(jobs: readonly Job[]): string[] {
  return jobs.filter(isOpen).map(({ record }) => record.id);
}

function keyOf(dir: string): string {
  return `sealong.openJobs ${dir}`;
}

/** Points of metrics are a new list when there are new ones. */
function isSame(job: Job, other: Job | undefined): boolean {
  const plain = (one: Job) => JSON.stringify({ ...one, metrics: undefined });
  return other?.metrics === job.metrics && plain(other) === plain(job);
}
