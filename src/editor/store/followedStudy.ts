import { basename, join, sep } from 'node:path';
import type { Uri } from 'vscode';
import type { AnswerClusters } from '../../clusters/answerClusters.ts';
import { clustersFrom } from '../../clusters/placedAnswers.ts';
import { clusterInput } from '../../clusters/questionClusters.ts';
import { messageOf } from '../../errors.ts';
import { QuestionStates, type QuestionState } from '../../preference/studyPairs.ts';
import type { Marks } from '../../protocol/scan.ts';
import type { Problem } from '../../records/jsonl.ts';
import type { DecisionKind } from '../../records/schemas.ts';
import { samplingOf } from '../../sampling/parameters.ts';
import { selectRecords, type Selection } from '../../scoring/selection.ts';
import { studyConfigSchema, type StudyConfig } from '../../study/config.ts';
import { loadConfig } from '../../study/loadConfig.ts';
import { packedQuestions } from '../../study/packedTrajectories.ts';
import type { ScanBatch } from '../../study/scan.ts';
import { studyPaths } from '../../study/study.ts';
import { StudyIndex } from '../../study/studyIndex.ts';
import type { ChangedQuestions } from './changeBuffer.ts';
import type { OpenStudy } from './openStudy.ts';
import type { ScanReceiver, Scanner } from './scanClient.ts';
import { StudyClusters } from './studyClusters.ts';
import type { TimeSlices } from './timeSlices.ts';

/** Those of a list on screen, and of the questions that are walked. */
const KEPT_STATES = 512;

export interface FollowedStudyPorts {
  scanner: Scanner;
  slices: TimeSlices;
  changed: (questions: ChangedQuestions) => void;
  /** Final answers of more questions, or of all, are known. */
  clustered: () => void;
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
  clustersRevision = 0;
  readonly #ports: FollowedStudyPorts;
  #lastGood: StudyConfig = studyConfigSchema.parse({});
  #samplingHash = '';
  #marks: Marks = {};
  #failures: Problem[] = [];
  /** Problems that the index has already: a part of a file that is read twice has them twice. */
  #told = new Set<string>();
  #states: QuestionStates | undefined;
  /** Of questions that were looked at; the latest last. */
  readonly #cache = new Map<string, QuestionState>();
  /** Changes so far, the last one of all questions, and the last one of each since. */
  #changes = 0;
  #allChanged = 0;
  readonly #changed = new Map<string, number>();
  readonly #clusters: StudyClusters;
  /** Answers are due that are not only those of decisions. */
  #clustersAreNew = false;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(dir: string, uri: Uri, ports: FollowedStudyPorts) {
    this.dir = dir;
    this.uri = uri;
    this.#ports = ports;
    this.selection = selectRecords(this.index, this.#lastGood, '');
    this.#clusters = new StudyClusters({
      cluster: (questions) => ports.scanner.cluster(questions),
      slices: ports.slices,
      once: (text) => this.index.once(text),
      input: (questionId) => {
        const entry = this.index.questions.get(questionId);
        const answers = this.index.answers(questionId, this.selection.sampling);
        return (
          entry && clusterInput(entry.question, answers, this.passingState(questionId).inForce)
        );
      },
      changed: () => {
        this.#changes += 1;
        if (this.#clustersAreNew) this.clustersRevision += 1;
        if (this.clustersDue === 0) this.#clustersAreNew = false;
        ports.clustered();
      },
      log: (message) => {
        ports.log(`${dir}: ${message}`);
      },
    });
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
    const state = this.#cache.get(questionId) ?? this.#derived(questionId);
    // Set again at the end: what was used last is kept longest.
    this.#cache.delete(questionId);
    this.#cache.set(questionId, state);
    for (const old of this.#cache.keys())
      if (this.#cache.size > KEPT_STATES) this.#cache.delete(old);
      else break;
    return state;
  }

  passingState(questionId: string): QuestionState {
    return this.#cache.get(questionId) ?? this.#derived(questionId);
  }

  get version(): number {
    return this.#changes;
  }

  stateVersion(questionId: string): number {
    return this.#changed.get(questionId) ?? this.#allChanged;
  }

  #derived(questionId: string): QuestionState {
    this.#states ??= new QuestionStates(this.index, this.#lastGood, this.selection, (id) =>
      this.#knownClusters(id),
    );
    return this.#states.of(questionId);
  }

  isClustered(questionId: string): boolean {
    return this.#clusters.of(questionId) !== undefined;
  }

  get clustersDue(): number {
    return this.#clusters.due;
  }

  allClustered(): Promise<void> {
    return this.#clusters.read();
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

  /**
   * Reads what is new in the files of decisions, and waits for no reading of the others: to decide on a question takes
   * as long while a large study is read or grows.
   */
  async refreshDecisions(): Promise<void> {
    const folder = join(studyPaths(this.dir).decisions, sep);
    const known = Object.entries(this.#marks).filter(([path]) => path.startsWith(folder));
    const found = { anew: false };
    const receiver: ScanReceiver = {
      begin: (anew) => {
        found.anew = anew;
      },
      batch: (batch) => {
        if (!found.anew) this.#apply(batch, this.index, this.#told);
        return Promise.resolve();
      },
    };
    const { scanner } = this.#ports;
    const { marks } = await scanner.scan(
      this.dir,
      Object.fromEntries(known),
      receiver,
      'decisions',
    );
    if (found.anew) await this.refresh();
    else this.#marks = { ...this.#marks, ...marks };
  }

  #knownClusters(questionId: string): AnswerClusters | undefined {
    const placed = this.#clusters.of(questionId);
    const { sampling } = this.selection;
    return placed && clustersFrom(placed, this.index.usableIndices(questionId, sampling));
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
    // Not awaited: who waits for records does not wait for what is made of them.
    void this.allClustered();
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
        this.#apply(batch, target, told);
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
      this.#forgetAllClusters();
      this.#forget('all');
    } else if (failed) this.#ports.changed(new Set());
  }

  #apply(batch: ScanBatch, target: StudyIndex, told: Set<string>): void {
    const count = target.problems.length;
    target.apply({ ...batch, problems: unseen(batch, told) });
    if (target === this.index) this.#applied(batch, target.problems.length > count);
  }

  #applied(batch: ScanBatch, problems: boolean): void {
    const ids = changedQuestions(batch);
    if (batch.kind === 'decisions') this.#states = undefined;
    else if (ids.size > 0) this.revision += 1;
    this.#forgetClusters(batch, ids);
    if (batch.kind === 'trajectories' && this.#select()) this.#forget('all');
    else if (batch.kind === 'questions') this.#forget(ids.size > 0 ? 'all' : ids, ids);
    else if (ids.size > 0 || problems) this.#forget(ids);
  }

  #forgetClusters(batch: ScanBatch, ids: ReadonlySet<string>): void {
    if (batch.kind === 'scores') return;
    if (batch.kind !== 'decisions') {
      this.#clustersAreNew ||= ids.size > 0;
      this.#clusters.forget(ids);
      return;
    }
    const concerned = batch.entries.filter(({ kind }) => ON_ANSWERS.has(kind));
    this.#clusters.forget(concerned.map(({ question_id }) => question_id));
  }

  #forgetAllClusters(): void {
    this.#clustersAreNew = true;
    this.#clusters.forgetAll(this.index.questions.keys());
  }

  /** Drops the states of questions (by default those told as changed) and tells that they changed. */
  #forget(changed: ChangedQuestions, states: ChangedQuestions = changed): void {
    this.#changes += 1;
    if (states === 'all') {
      this.#cache.clear();
      this.#changed.clear();
      this.#allChanged = this.#changes;
      this.#states = undefined;
    } else
      for (const id of states) {
        this.#cache.delete(id);
        this.#changed.set(id, this.#changes);
      }
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
    const other = selection.sampling !== this.selection.sampling;
    this.selection = selection;
    if (other) this.#forgetAllClusters();
    return true;
  }
}

/** Decisions that change what the final answers are: those on answers, and what takes them back. */
const ON_ANSWERS: ReadonlySet<DecisionKind> = new Set(['answer', 'merge', 'split', 'undo', 'redo']);

function changedQuestions(batch: ScanBatch): Set<string> {
  switch (batch.kind) {
    case 'questions':
      return new Set(batch.entries.map(({ id }) => id));
    case 'trajectories':
      return packedQuestions(batch.entries);
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
