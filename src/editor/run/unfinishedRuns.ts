import * as vscode from 'vscode';
import { messageOf } from '../../errors.ts';
import type { StageOutcome } from '../../protocol/stage.ts';
import { QualityCounts } from '../../sampling/quality.ts';
import { forgetRun, keepRun, unfinishedRun, type RunRecord } from '../../study/runRecord.ts';
import { studyPaths } from '../../study/study.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { estimateStudy } from './estimateStudy.ts';
import { unfinishedText } from './runTexts.ts';

export interface UnfinishedRunsPorts {
  store: StudyStore;
  log: vscode.LogOutputChannel;
  /** Goes on where a run stopped. */
  resume: (study: OpenStudy, endpoint: string) => Promise<void>;
}

/** After a reload the process that ran before takes some seconds to end. */
const LOOK_AGAIN_MS = 3_000;
const LOOKS = 10;

/**
 * Runs of sampling that did not end: by a crash, a reload, a server that went away. Offers once to go on, and never goes on
 * by itself.
 */
export class UnfinishedRuns implements vscode.Disposable {
  readonly #ports: UnfinishedRunsPorts;
  readonly #looked = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable[];
  #closing = false;

  constructor(ports: UnfinishedRunsPorts) {
    this.#ports = ports;
    const { store } = ports;
    this.#subscriptions = [
      store.onDidChange(() => {
        this.#lookAtAll();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#lookAtAll();
      }),
    ];
    void store.ready.then(() => {
      this.#lookAtAll();
    });
  }

  async begin({ dir }: OpenStudy, endpoint: string): Promise<void> {
    this.#looked.add(dir);
    await keepRun(
      { paths: studyPaths(dir) },
      { endpoint, started_at: new Date().toISOString(), offered: false },
    );
  }

  /** What was cancelled is not offered again: that is what the user asked for. */
  async ended({ dir }: OpenStudy, outcome: StageOutcome): Promise<void> {
    const study = { paths: studyPaths(dir) };
    const found = await unfinishedRun(study);
    if (!found) return;
    if (outcome.type === 'failed')
      await keepRun(study, { ...found.record, stopped: outcome.message });
    else if (outcome.type === 'done' || !this.#closing) await forgetRun(study);
  }

  /** The window closes: runs that it cancels have not ended. */
  close(): void {
    this.#closing = true;
  }

  /** The endpoint of a run that could be gone on with. */
  async endpointOf({ dir }: OpenStudy): Promise<string | undefined> {
    const found = await unfinishedRun({ paths: studyPaths(dir) });
    return found && !found.running ? found.record.endpoint : undefined;
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #lookAtAll(): void {
    if (!vscode.workspace.isTrusted) return;
    for (const study of this.#ports.store.studies()) {
      if (study.loading || this.#looked.has(study.dir)) continue;
      this.#looked.add(study.dir);
      this.#look(study, LOOKS);
    }
  }

  #look(study: OpenStudy, looks: number): void {
    this.#offer(study).then(
      (looked) => {
        if (looked || looks <= 1) return;
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          this.#look(study, looks - 1);
        }, LOOK_AGAIN_MS);
        this.#timers.add(timer);
      },
      (error: unknown) => {
        this.#ports.log.warn(`Looking for an unfinished run of ${study.dir}: ${messageOf(error)}`);
      },
    );
  }

  /** @returns false where the run may still be ending. */
  async #offer(study: OpenStudy): Promise<boolean> {
    const found = await unfinishedRun({ paths: studyPaths(study.dir) });
    if (!found) return true;
    if (found.running) return false;
    const { record } = found;
    if (record.offered || !study.config) return true;
    const text = await this.#textOf(study, record);
    if (text === undefined) {
      await forgetRun({ paths: studyPaths(study.dir) });
      return true;
    }
    await keepRun({ paths: studyPaths(study.dir) }, { ...record, offered: true });
    this.#ports.log.info(text);
    void vscode.window.showInformationMessage(text, RESUME, LATER).then((picked) => {
      if (picked === RESUME) return this.#ports.resume(study, record.endpoint);
      return undefined;
    });
    return true;
  }

  /** Undefined where nothing is missing. */
  async #textOf(study: OpenStudy, { stopped }: RunRecord): Promise<string | undefined> {
    const pause = () => this.#ports.store.slices.pause();
    const { samples: missing } = await estimateStudy(study, { maxTokens: 0, pause });
    if (missing === 0) return undefined;
    const counts = new QualityCounts();
    for (const id of study.index.questions.keys()) {
      await pause();
      if (!study.selection.otherSampling)
        counts.add(study.index.trajectories(id, study.selection.sampling));
    }
    const total = study.index.questions.size * study.expected;
    return unfinishedText({
      study: study.name,
      total,
      missing,
      stopped,
      quality: counts.quality(),
    });
  }
}

const RESUME = 'Resume';
const LATER = 'Not Now';
