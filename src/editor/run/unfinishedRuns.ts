import * as vscode from 'vscode';
import { SealongError, messageOf } from '../../errors.ts';
import type { SamplingEstimate } from '../../sampling/estimate.ts';
import { samplingOf } from '../../sampling/parameters.ts';
import { QualityCounts } from '../../sampling/quality.ts';
import { forgetRun, keepRun, unfinishedRun, type RunRecord } from '../../study/runRecord.ts';
import { openStudy, studyPaths, type Study } from '../../study/study.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { estimateStudy } from './estimateStudy.ts';
import { unfinishedText } from './runTexts.ts';

export interface UnfinishedRunsPorts {
  store: StudyStore;
  log: vscode.LogOutputChannel;
  /** What is left to do on the server of a run, in a sentence. */
  estimateText: (record: RunRecord, of: Study, estimate: SamplingEstimate) => Promise<string>;
  /** Goes on where a run stopped. */
  resume: (study: OpenStudy) => Promise<void>;
}

/** What changes in a study is looked at after a moment; while its run goes on, wherever that is, again and again. */
const LOOK_MS = 500;
const LOOK_AGAIN_MS = 3_000;

/**
 * Runs of sampling that did not end, whoever began them: by a crash, a kill, a reload, a server that went away. Offers once
 * to go on, and never goes on by itself.
 */
export class UnfinishedRuns implements vscode.Disposable {
  readonly #ports: UnfinishedRunsPorts;
  /** Studies that are sampled by this window, which says itself how that ends. */
  readonly #here = new Set<string>();
  /** By folder, when the run began that nothing more is to be said of. */
  readonly #settled = new Map<string, string>();
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(ports: UnfinishedRunsPorts) {
    this.#ports = ports;
    const { store } = ports;
    this.#subscriptions = [
      store.onDidChange(({ study }) => {
        if (study) this.#lookSoon(study.dir);
        else this.#lookAtAll();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#lookAtAll();
      }),
    ];
    void store.ready.then(() => {
      this.#lookAtAll();
    });
  }

  /** Runs sampling in this window: whoever does so tells of its end. */
  async during<T>({ dir }: OpenStudy, sampling: () => Promise<T>): Promise<T> {
    this.#here.add(dir);
    try {
      return await sampling();
    } finally {
      const left = await unfinishedRun({ paths: studyPaths(dir) });
      if (left) this.#settled.set(dir, left.record.started_at);
      this.#here.delete(dir);
    }
  }

  /** The run of a study that could be gone on with. */
  async of({ dir }: OpenStudy): Promise<RunRecord | undefined> {
    const found = await unfinishedRun({ paths: studyPaths(dir) });
    if (found?.running !== false) return undefined;
    return (await resumable(dir, found.record)) && found.record;
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #lookAtAll(): void {
    for (const { dir } of this.#ports.store.studies()) this.#lookSoon(dir);
  }

  #lookSoon(dir: string, ms = LOOK_MS): void {
    if (this.#timers.has(dir)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(dir);
      this.#look(dir).catch((error: unknown) => {
        this.#ports.log.warn(`Looking for an unfinished run of ${dir}: ${messageOf(error)}`);
      });
    }, ms);
    this.#timers.set(dir, timer);
  }

  async #look(dir: string): Promise<void> {
    const study = this.#ports.store.study(dir);
    if (!vscode.workspace.isTrusted || !study || study.loading || this.#here.has(dir)) return;
    const found = await unfinishedRun({ paths: studyPaths(dir) });
    if (!found || found.record.offered) return;
    if (this.#settled.get(dir) === found.record.started_at) return;
    // Nobody tells when a process is killed.
    if (found.running) this.#lookSoon(dir, LOOK_AGAIN_MS);
    else await this.#offer(study, found.record);
  }

  async #offer(study: OpenStudy, record: RunRecord): Promise<void> {
    const opened = await resumable(study.dir, record);
    if (!opened) return;
    this.#settled.set(study.dir, record.started_at);
    // What the run wrote last may not have been read yet.
    await this.#ports.store.refresh(study.dir);
    const text = await this.#textOf(study, record, opened);
    if (text === undefined) {
      await forgetRun({ paths: studyPaths(study.dir) });
      return;
    }
    await keepRun({ paths: studyPaths(study.dir) }, { ...record, offered: true });
    this.#ports.log.info(text);
    void vscode.window.showInformationMessage(text, RESUME, LATER).then((picked) => {
      if (picked === RESUME) return this.#ports.resume(study);
      return undefined;
    });
  }

  /** Undefined where nothing is missing. */
  async #textOf(study: OpenStudy, record: RunRecord, opened: Study): Promise<string | undefined> {
    const { index } = study;
    const { sampling, stopped } = record;
    const pause = () => this.#ports.store.slices.pause();
    const { n, max_tokens: maxTokens } = opened.config.sampling;
    const estimate = await estimateStudy(index, { sampling, n }, { maxTokens, pause });
    if (estimate.samples === 0) return undefined;
    const counts = new QualityCounts();
    for (const id of index.questions.keys()) {
      await pause();
      counts.add(index.trajectories(id, sampling).filter((entry) => entry.index < n));
    }
    return unfinishedText({
      study: study.name,
      total: index.questions.size * n,
      missing: estimate.samples,
      stopped,
      quality: counts.quality(),
      left: await this.#ports.estimateText(record, opened, estimate),
    });
  }
}

/** The study with what was set for a run, while that still means the samples that the run was to take. */
async function resumable(
  dir: string,
  { sampling, settings }: RunRecord,
): Promise<Study | undefined> {
  try {
    const opened = await openStudy(dir, settings);
    const { hash } = await samplingOf(opened);
    return hash === sampling ? opened : undefined;
  } catch (error) {
    // What is wrong with sealong.json is shown beside the study.
    if (error instanceof SealongError) return undefined;
    throw error;
  }
}

const RESUME = 'Resume';
const LATER = 'Not Now';
