import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../errors.ts';
import { STUDY_FILE, exists } from '../../study/study.ts';
import { ChangeBuffer, type ChangedQuestions } from './changeBuffer.ts';
import { FollowedStudy } from './followedStudy.ts';
import type { OpenStudy } from './openStudy.ts';
import { StudyReader } from './readStudy.ts';
import type { ScanClient } from './scanClient.ts';
import { isPassedOver, isWithin, studyDirOf } from './studyOfPath.ts';
import { TimeSlices } from './timeSlices.ts';

/** `study` is undefined where the list of studies changed. */
export interface StudyChange {
  study: OpenStudy | undefined;
  questions: ChangedQuestions;
}

/** A burst of changes to one study, as of git or of a stage, is read once. */
const SETTLE_MS = 150;

/** The studies of the workspace, kept up to date with their files whoever writes them. */
export class StudyStore implements vscode.Disposable {
  readonly onDidChange: vscode.Event<StudyChange>;
  /** Final answers of more questions of a study are known: its records are as they were. */
  readonly onDidCluster: vscode.Event<OpenStudy>;
  readonly read: StudyReader;
  /** Resolves when the workspace was looked through for the first time. */
  readonly ready: Promise<void>;
  /** Shared by all that computes over whole studies in this thread. */
  readonly slices = new TimeSlices();
  readonly #changes = new vscode.EventEmitter<StudyChange>();
  readonly #clusters = new vscode.EventEmitter<OpenStudy>();
  readonly #buffer: ChangeBuffer<FollowedStudy | undefined>;
  readonly #scanner: ScanClient;
  readonly #log: (message: string) => void;
  readonly #studies = new Map<string, FollowedStudy>();
  readonly #settling = new Map<string, NodeJS.Timeout>();
  readonly #disposables: { dispose: () => unknown }[] = [];
  #looking: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(options: { scanner: ScanClient; log: (message: string) => void }) {
    this.#log = options.log;
    this.#scanner = options.scanner;
    this.onDidChange = this.#changes.event;
    this.onDidCluster = this.#clusters.event;
    this.#buffer = new ChangeBuffer((study, questions) => {
      this.#changes.fire({ study, questions });
    });
    this.read = new StudyReader((study) => this.refresh(study.dir));
    this.#disposables.push(this.#changes, this.#clusters, this.#scanner, this.#buffer);
    this.#watch();
    this.ready = this.#look();
  }

  /** In the order of their folders. */
  studies(): readonly OpenStudy[] {
    return [...this.#studies.values()].sort((a, b) => (a.dir < b.dir ? -1 : 1));
  }

  study(dir: string): OpenStudy | undefined {
    return this.#studies.get(vscode.Uri.file(dir).fsPath);
  }

  /** Reads what changed in a study up to now; also finds a folder that has become a study, or is none any more. */
  async refresh(dir: string): Promise<void> {
    const path = vscode.Uri.file(dir).fsPath;
    if (this.#disposed) return;
    if (!(await exists(join(path, STUDY_FILE)))) {
      this.#remove(path);
      return;
    }
    await this.#add(path).refresh();
  }

  /** Reads what is new in the decisions of a study, without waiting for anything else of it. */
  async refreshDecisions(dir: string): Promise<void> {
    const study = this.#studies.get(vscode.Uri.file(dir).fsPath);
    if (!this.#disposed) await study?.refreshDecisions();
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#looking);
    for (const timer of this.#settling.values()) clearTimeout(timer);
    for (const disposable of this.#disposables) disposable.dispose();
  }

  #add(dir: string): FollowedStudy {
    const known = this.#studies.get(dir);
    if (known) return known;
    const study = new FollowedStudy(dir, vscode.Uri.file(dir), {
      scanner: this.#scanner,
      slices: this.slices,
      changed: (questions) => {
        // A study that was removed while it was read says nothing more.
        if (this.#studies.get(dir) === study) this.#buffer.add(study, questions);
      },
      clustered: () => {
        if (this.#studies.get(dir) === study) this.#clusters.fire(study);
      },
      log: this.#log,
    });
    this.#studies.set(dir, study);
    this.#buffer.add(undefined, 'all');
    return study;
  }

  #remove(dir: string): void {
    if (this.#studies.delete(dir)) this.#buffer.add(undefined, 'all');
  }

  /** Folders of the workspace themselves first: they need no search. */
  async #look(): Promise<void> {
    const folders = (vscode.workspace.workspaceFolders ?? []).filter(
      ({ uri }) => uri.scheme === 'file',
    );
    try {
      await Promise.all(
        folders.map(async ({ uri }) => {
          if (await exists(join(uri.fsPath, STUDY_FILE))) this.#open(uri.fsPath);
        }),
      );
      const found = await vscode.workspace.findFiles(
        `**/${STUDY_FILE}`,
        '**/{node_modules,.git}/**',
      );
      for (const uri of found) if (uri.scheme === 'file') this.#open(dirname(uri.fsPath));
    } catch (error) {
      this.#log(`The workspace could not be searched for studies: ${messageOf(error)}`);
    }
  }

  #open(dir: string): void {
    if (!this.#disposed && !this.#studies.has(dir)) void this.#add(dir).refresh();
  }

  #watch(): void {
    const { workspace, window } = vscode;
    const files = [
      '**/{sealong.json,questions.jsonl,trajectories.jsonl}',
      '**/{scores,decisions,strategies}/*.{jsonl,json}',
    ];
    for (const pattern of files) {
      const watcher = workspace.createFileSystemWatcher(pattern);
      const changed = (uri: vscode.Uri) => {
        this.#changedOnDisk(uri);
      };
      this.#disposables.push(
        watcher,
        watcher.onDidChange(changed),
        watcher.onDidCreate(changed),
        watcher.onDidDelete(changed),
      );
    }
    // A folder that comes or goes, as by a new name, is one event, with none for its files.
    const folders = workspace.createFileSystemWatcher('**', false, true, false);
    this.#disposables.push(
      folders,
      folders.onDidCreate((uri) => void this.#cameOnDisk(uri)),
      folders.onDidDelete(({ fsPath }) => {
        for (const dir of this.#studies.keys())
          if (isWithin(dir, fsPath) || dirname(fsPath) === dir) this.#settle(dir);
      }),
      workspace.onDidChangeWorkspaceFolders(({ removed }) => {
        for (const { uri } of removed)
          for (const dir of this.#studies.keys()) if (isWithin(dir, uri.fsPath)) this.#remove(dir);
        void this.#look();
      }),
      // Watchers miss changes on some network and container file systems.
      window.onDidChangeWindowState(({ focused }) => {
        if (!focused) return;
        for (const dir of this.#studies.keys()) this.#settle(dir);
        void this.#look();
      }),
    );
  }

  #changedOnDisk(uri: vscode.Uri): void {
    if (uri.scheme !== 'file' || isPassedOver(uri.fsPath)) return;
    const dir = studyDirOf(uri.fsPath);
    if (this.#studies.has(dir) || uri.path.endsWith(`/${STUDY_FILE}`)) this.#settle(dir);
  }

  /** A folder of a study, a study, or a folder in which there may be some. */
  async #cameOnDisk({ scheme, fsPath }: vscode.Uri): Promise<void> {
    if (scheme !== 'file' || isPassedOver(fsPath)) return;
    const parent = dirname(fsPath);
    const within = [...this.#studies.keys()].some((dir) => isWithin(fsPath, dir));
    if (within && !this.#studies.has(parent)) return;
    // Gone again, or not to be read: nothing is found in it either.
    const found = await stat(fsPath).catch(() => undefined);
    if (found?.isDirectory() !== true) return;
    if (within) this.#settle(parent);
    else this.#lookSoon();
  }

  /** Many folders may come at once. */
  #lookSoon(): void {
    if (this.#disposed) return;
    this.#looking ??= setTimeout(() => {
      this.#looking = undefined;
      void this.#look();
    }, SETTLE_MS);
  }

  /** Reads at most once in a while, also while changes never stop coming. */
  #settle(dir: string): void {
    if (this.#disposed || this.#settling.has(dir)) return;
    this.#settling.set(
      dir,
      setTimeout(() => {
        this.#settling.delete(dir);
        void this.refresh(dir);
      }, SETTLE_MS),
    );
  }
}
