import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { exists, studyPaths } from '../study/study.ts';
import type { OpenStudy } from './store/openStudy.ts';
import type { StudyStore } from './store/studyStore.ts';
import { studyStage, type StudyStage } from './studyStage.ts';

const SETTLE_MS = 200;

/** Keeps the keys that the welcome view and the menus depend on: how far the current study is, and what runs. */
export class ContextKeys implements vscode.Disposable {
  readonly #store: StudyStore;
  readonly #current: () => OpenStudy | undefined;
  readonly #looked: (study: OpenStudy | undefined) => void;
  readonly #interrupted: (study: OpenStudy) => Promise<boolean>;
  readonly #set = new Map<string, unknown>();
  readonly #subscription: vscode.Disposable;
  /** As it was found last, and what it was found of: a look at thousands of questions each time rows are given is felt. */
  #staged: { study: OpenStudy; version: number; exported: boolean; stage: StudyStage } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  /**
   * @param looked is told which study the keys are about.
   * @param interrupted whether a run on it stopped before its end.
   */
  constructor(
    store: StudyStore,
    current: () => OpenStudy | undefined,
    looked: (study: OpenStudy | undefined) => void,
    interrupted: (study: OpenStudy) => Promise<boolean>,
  ) {
    this.#store = store;
    this.#current = current;
    this.#looked = looked;
    this.#interrupted = interrupted;
    this.#subscription = store.onDidChange(() => {
      this.updateSoon();
    });
    void store.ready.then(() => {
      this.updateSoon();
    });
  }

  set(key: string, value: unknown): void {
    if (this.#set.get(key) === value) return;
    this.#set.set(key, value);
    void vscode.commands.executeCommand('setContext', `sealong.${key}`, value);
  }

  /** Bursts of changes, as while sampling, are looked at once; one look after another, so that the latest one counts. */
  updateSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#looking = this.#looking
        .catch(() => undefined)
        .then(() => {
          this.#timer = undefined;
          return this.#update();
        });
    }, SETTLE_MS);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
  }

  async #update(): Promise<void> {
    await this.#store.ready;
    const study = this.#current();
    this.#looked(study);
    const stage = await this.#stage(study);
    const open = study !== undefined && stage === 'unsampled';
    this.set('interrupted', open && (await this.#interrupted(study)));
    this.set('stage', stage);
  }

  async #stage(study: OpenStudy | undefined): Promise<StudyStage | undefined> {
    if (!study) return 'none';
    if (study.loading) return undefined;
    const exported = await hasExport(study.dir);
    const known = this.#staged;
    if (known?.study === study && known.version === study.version && known.exported === exported)
      return known.stage;
    // Before the look: what changes during it asks for another one.
    const { version } = study;
    const stage = await studyStage(study, exported, () => this.#store.slices.pause());
    this.#staged = { study, version, exported, stage };
    return stage;
  }
}

async function hasExport(dir: string): Promise<boolean> {
  const folder = studyPaths(dir).exports;
  const names = await readdir(folder).catch(() => []);
  for (const name of names)
    if (!name.startsWith('.') && (await exists(join(folder, name, 'manifest.json')))) return true;
  return false;
}
