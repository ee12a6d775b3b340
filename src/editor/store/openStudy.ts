import { basename } from 'node:path';
import type { Uri } from 'vscode';
import { messageOf } from '../../errors.ts';
import { QuestionStates, type QuestionState } from '../../preference/studyPairs.ts';
import type { Marks } from '../../protocol/scan.ts';
import type { Problem } from '../../records/jsonl.ts';
import { samplingOf } from '../../sampling/parameters.ts';
import { selectRecords, type Selection } from '../../scoring/selection.ts';
import { studyConfigSchema, type StudyConfig } from '../../study/config.ts';
import { loadConfig } from '../../study/loadConfig.ts';
import type { ScanBatch } from '../../study/scan.ts';
import { studyPaths } from '../../study/study.ts';
import { StudyIndex } from '../../study/studyIndex.ts';
import type { ChangedQuestions } from './changeBuffer.ts';
import type { Scanner } from './scanClient.ts';
import type { TimeSlices } from './timeSlices.ts';

/** A study as the editor shows it. */
export interface OpenStudy {
  /** Absolute. */
  readonly dir: string;
  readonly uri: Uri;
  readonly name: string;
  /** Undefined while sealong.json is wrong: states go on with the last good one, else with the paper's values. */
  readonly config: StudyConfig | undefined;
  /** Also where sealong.json is right and the strategy that it names is missing. */
  readonly configError: string | undefined;
  /** Scores, policy and other reviewers are to be hidden, also while sealong.json is wrong. */
  readonly blind: boolean;
  /** A new object after a file was rewritten: not to be kept. */
  readonly index: StudyIndex;
  readonly selection: Selection;
  /** Trajectories that a question is to have. */
  readonly expected: number;
  readonly loading: boolean;
  readonly problems: readonly Problem[];
  /** Another number whenever anything but decisions came in: a queue that is being walked stays as it is until then. */
  readonly revision: number;
  state: (questionId: string) => QuestionState;
}

export interface FollowedStudyPorts {
  scanner: Scanner;
  slices: TimeSlices;
  changed: (questions: ChangedQuestions) => void;
  log: (message: string) => void;
}

/** Keeps a study in memory as its files change: `refresh` reads what is new, in turns that never block the host. */
export class FollowedStudy implements OpenStudy {
  readonly dir: string;
  readonly uri: Uri;
  config: StudyConfig | undefined;
  configError: string | undefined;
  index = new StudyIndex();
  selection: Selection;
  loading = true;
  revision = 0;
  readonly #ports: FollowedStudyPorts;
  #lastGood: StudyConfig = studyConfigSchema.parse({});
  #samplingHash = '';
  #marks: Marks = {};
  #failures: Problem[] = [];
  /** Problems that the index has already: a part of a file that is read twice has them twice. */
  #told = new Set<string>();
  #states: QuestionStates | undefined;
  #cache = new Map<string, QuestionState>();
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(dir: string, uri: Uri, ports: FollowedStudyPorts) {
    this.dir = dir;
    this.uri = uri;
    this.#ports = ports;
    this.selection = selectRecords(this.index, this.#lastGood, '');
  }

  get name(): string {
    return this.#lastGood.name ?? basename(this.dir);
  }

  get blind(): boolean {
    return this.#lastGood.review.blind;
  }

  get expected(): number {
    return this.selection.imported ?? this.#lastGood.sampling.n;
  }

  get problems(): readonly Problem[] {
    const config = studyPaths(this.dir).config;
    return [
      ...(this.configError === undefined
        ? []
        : [{ file: config, line: 1, message: this.configError }]),
      ...this.#failures,
      ...this.index.problems,
    ];
  }

  state(questionId: string): QuestionState {
    const cached = this.#cache.get(questionId);
    if (cached) return cached;
    this.#states ??= new QuestionStates(this.index, this.#lastGood, this.selection);
    const state = this.#states.of(questionId);
    this.#cache.set(questionId, state);
    return state;
  }

  /**
   * Reads what the files hold now that the index does not. Calls during a reading share the one that follows it, since
   * the present one may have passed their file already.
   */
  refresh(): Promise<void> {
    if (!this.#running) return this.#start();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  #start(): Promise<void> {
    this.#running = this.#read().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #read(): Promise<void> {
    await this.#readConfig();
    try {
      await this.#scan();
    } catch (error) {
      this.#failures = [{ file: this.dir, line: 1, message: messageOf(error) }];
      this.#ports.log(`${this.dir}: ${messageOf(error)}`);
      this.#ports.changed(new Set());
    }
    if (this.loading) {
      this.loading = false;
      this.#ports.changed('all');
    }
  }

  async #scan(): Promise<void> {
    let target = this.index;
    let told = this.#told;
    const { marks, failures } = await this.#ports.scanner.scan(this.dir, this.#marks, {
      begin: (anew) => {
        if (!anew) return;
        // The old index is shown until the new one is whole.
        target = new StudyIndex();
        told = new Set();
      },
      batch: async (batch) => {
        await this.#ports.slices.pause();
        const count = target.problems.length;
        target.apply({ ...batch, problems: unseen(batch, told) });
        if (target === this.index) this.#applied(batch, target.problems.length > count);
      },
    });
    this.#marks = marks;
    const failed = JSON.stringify(failures) !== JSON.stringify(this.#failures);
    this.#failures = failures;
    if (target !== this.index) {
      this.index = target;
      this.#told = told;
      this.revision += 1;
      this.#select();
      this.#forget('all');
    } else if (failed) this.#ports.changed(new Set());
  }

  #applied(batch: ScanBatch, problems: boolean): void {
    const ids = changedQuestions(batch);
    if (batch.kind === 'decisions') this.#states = undefined;
    else if (ids.size > 0) this.revision += 1;
    if (batch.kind === 'trajectories' && this.#select()) this.#forget('all');
    else if (batch.kind === 'questions') this.#forget(ids.size > 0 ? 'all' : ids, ids);
    else if (ids.size > 0 || problems) this.#forget(ids);
  }

  /** Drops the states of questions (by default those told as changed) and tells that they changed. */
  #forget(changed: ChangedQuestions, states: ChangedQuestions = changed): void {
    if (states === 'all') {
      this.#cache = new Map();
      this.#states = undefined;
    } else for (const id of states) this.#cache.delete(id);
    this.#ports.changed(changed);
  }

  async #readConfig(): Promise<void> {
    const paths = studyPaths(this.dir);
    const before = JSON.stringify([this.config, this.configError, this.#samplingHash]);
    let config: StudyConfig | undefined;
    let configError: string | undefined;
    try {
      config = await loadConfig(paths.config);
      this.#lastGood = config;
      this.#samplingHash = '';
      const { hash } = await samplingOf({ dir: this.dir, name: this.name, config, paths });
      this.#samplingHash = hash;
    } catch (error) {
      configError = messageOf(error);
    }
    this.config = config;
    this.configError = configError;
    if (JSON.stringify([config, configError, this.#samplingHash]) === before) return;
    this.revision += 1;
    this.#select();
    this.#forget('all');
  }

  /** @returns whether other records count now. */
  #select(): boolean {
    const selection = selectRecords(this.index, this.#lastGood, this.#samplingHash);
    if (JSON.stringify(selection) === JSON.stringify(this.selection)) return false;
    this.selection = selection;
    return true;
  }
}

function changedQuestions(batch: ScanBatch): Set<string> {
  switch (batch.kind) {
    case 'questions':
      return new Set(batch.entries.map(({ id }) => id));
    case 'trajectories':
    case 'scores':
      return new Set(batch.entries.map(({ questionId }) => questionId));
    case 'decisions':
      return new Set(batch.entries.map(({ question_id }) => question_id));
  }
}

function unseen(batch: ScanBatch, told: Set<string>): Problem[] {
  return batch.problems.filter(({ file, line, message }) => {
    const key = `${file}\n${line}\n${message}`;
    if (told.has(key)) return false;
    told.add(key);
    return true;
  });
}
