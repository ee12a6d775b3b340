import * as vscode from 'vscode';
import { looksAtClusters } from '../../review/view.ts';
import type { QuestionState } from '../../preference/studyPairs.ts';
import type { Queues, StudyQueue } from '../queue/queues.ts';
import { shownState } from '../shownState.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyChange, StudyStore } from '../store/studyStore.ts';
import { StudyNodes, type Node } from './nodes.ts';
import { questionRow } from './questionRow.ts';
import { RANGE_SIZE, rangeRow, rangesOf } from './ranges.ts';
import type { Detail, Row } from './row.ts';
import { countQuestions, countsSoFar, studyQuality, type StudyCounts } from './studyCounts.ts';
import { loadingRow, problemsRow, studyDetails, studyRow, type ShownPart } from './studyRow.ts';
import { orderTrajectories, trajectoryRow } from './trajectoryRow.ts';
import { markdownOf, treeItem } from './treeItem.ts';

/** Beyond this many changed questions, their study is refreshed as a whole. */
const SINGLE_ROWS = 300;
/** How long an opened study's list may wait for its first questions before it says that they are being read. */
const FIRST_ROWS_MS = 1000;

/**
 * The view `sealong.studies`: studies, their questions, their trajectories. Rows are computed from the store when they are
 * asked for; work over all questions of a study is done in slices.
 */
export class StudyTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly onDidChangeTreeData: vscode.Event<Node | Node[] | undefined>;
  readonly #changes = new vscode.EventEmitter<Node | Node[] | undefined>();
  /** Rows were given to VS Code: from now on it can name the selected one of them. */
  readonly onDidGiveRows: vscode.Event<void>;
  readonly #given = new vscode.EventEmitter<void>();
  readonly #store: StudyStore;
  readonly #queues: Queues;
  readonly #reviewer: () => string;
  readonly #nodes = new Map<string, StudyNodes>();
  /** The queue of each study as it was shown last. */
  readonly #shown = new Map<string, StudyQueue>();
  readonly #counts = new Map<string, StudyCounts>();
  /** Studies that changed since they were counted. */
  readonly #stale = new Set<string>();
  readonly #due = new Map<string, { at: number; timer: NodeJS.Timeout }>();
  readonly #refreshed = new Map<string, number>();
  readonly #subscriptions: { dispose: () => unknown }[];

  constructor(ports: { store: StudyStore; queues: Queues; reviewer: () => string }) {
    this.#store = ports.store;
    this.#queues = ports.queues;
    this.#reviewer = ports.reviewer;
    this.onDidChangeTreeData = this.#changes.event;
    this.onDidGiveRows = this.#given.event;
    this.#subscriptions = [
      ports.store.onDidChange((change) => {
        this.#changed(change);
      }),
      ports.store.onDidCluster((study) => {
        const all = study.clustersDue === 0;
        if (all || looksAtClusters(this.#queues.active(study.dir).view))
          this.#refreshSoon(study, all);
      }),
      ports.queues.onDidChange((dir) => {
        const study = this.#store.study(dir);
        // The row of the study, which is asked for before its questions, says what the view shows.
        if (study) void this.#refresh(study);
      }),
    ];
  }

  /** The row of a study, a question or a trajectory, to be revealed; undefined where there is none. */
  node(dir: string, questionId?: string, index?: number): Node | undefined {
    const study = this.#store.study(dir);
    if (!study) return undefined;
    const nodes = this.#nodesOf(study.dir);
    if (questionId === undefined) return nodes.study;
    // A question that the view leaves out has no row.
    if (!this.#shown.get(dir)?.places.has(questionId)) return undefined;
    return index === undefined ? nodes.question(questionId) : nodes.trajectory(questionId, index);
  }

  async getChildren(node?: Node): Promise<Node[]> {
    const rows = await this.#childrenOf(node);
    this.#given.fire();
    return rows;
  }

  async #childrenOf(node: Node | undefined): Promise<Node[]> {
    if (!node) return this.#store.studies().map(({ dir }) => this.#nodesOf(dir).study);
    const study = this.#store.study(node.dir);
    if (!study) return [];
    const nodes = this.#nodesOf(study.dir);
    switch (node.type) {
      case 'study': {
        await this.#firstQuestions(study);
        // The row of the study says the counts; its questions may come at once.
        const [{ ids }] = await Promise.all([this.#queueOf(study), this.#countsOf(study)]);
        const ranges = rangesOf(ids.length);
        return [
          ...(study.problems.length > 0 ? [nodes.problems] : []),
          ...(ranges.length > 0
            ? ranges.map(({ start }) => nodes.range(start))
            : ids.map((id) => nodes.question(id))),
          // Last, so that nothing moves when it goes.
          ...(study.loading ? [nodes.loading] : []),
        ];
      }
      case 'range':
        return (await this.#queueOf(study)).ids
          .slice(node.start, node.start + RANGE_SIZE)
          .map((id) => nodes.question(id));
      case 'question':
        return orderTrajectories(this.#state(study, node.questionId)).map(({ index }) =>
          nodes.trajectory(node.questionId, index),
        );
      case 'trajectory':
      case 'problems':
      case 'loading':
        return [];
    }
  }

  getParent(node: Node): Node | undefined {
    const nodes = this.#nodesOf(node.dir);
    if (node.type === 'study') return undefined;
    if (node.type === 'trajectory') return nodes.question(node.questionId);
    if (node.type !== 'question') return nodes.study;
    const shown = this.#shown.get(node.dir);
    const place = shown?.places.get(node.questionId) ?? 0;
    if (!shown || rangesOf(shown.ids.length).length === 0) return nodes.study;
    return nodes.range(place - (place % RANGE_SIZE));
  }

  async getTreeItem(node: Node): Promise<vscode.TreeItem> {
    // VS Code asks for the rows of a long list all at once.
    if (!this.#isKnown(node)) await this.#store.slices.pause();
    const single = this.#store.studies().length === 1;
    return treeItem(node, this.#row(node), single);
  }

  async resolveTreeItem(item: vscode.TreeItem, node: Node): Promise<vscode.TreeItem> {
    const details =
      node.type === 'study' ? await this.#studyDetails(node.dir) : this.#row(node).details?.();
    if (details) item.tooltip = markdownOf(details);
    return item;
  }

  dispose(): void {
    for (const { timer } of this.#due.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changes.dispose();
    this.#given.dispose();
  }

  /** Whether its row takes next to no time. */
  #isKnown(node: Node): boolean {
    if (node.type !== 'question') return node.type !== 'trajectory';
    const study = this.#store.study(node.dir);
    return study !== undefined && this.#queues.isKnown(study, node.questionId);
  }

  #row(node: Node): Row {
    const study = this.#store.study(node.dir);
    if (!study || node.type === 'loading') return loadingRow();
    switch (node.type) {
      case 'study':
        return studyRow(study, this.#counts.get(study.dir), this.#part(study));
      case 'problems':
        return problemsRow(study.problems.length);
      case 'range': {
        const ids = this.#shown.get(node.dir)?.ids ?? [];
        const end = Math.min(ids.length, node.start + RANGE_SIZE);
        return rangeRow({ start: node.start, end }, [ids[node.start] ?? '', ids[end - 1] ?? '']);
      }
      case 'question': {
        const entry = study.index.questions.get(node.questionId);
        if (!entry) return loadingRow();
        const facts = this.#queues.factsOf(study, entry);
        return questionRow(entry, this.#state(study, entry.id), study, facts);
      }
      case 'trajectory': {
        const state = this.#state(study, node.questionId);
        const entry = state.trajectories.find(({ index }) => index === node.index);
        return entry ? trajectoryRow(entry, state, study) : loadingRow();
      }
    }
  }

  async #studyDetails(dir: string): Promise<Detail[] | undefined> {
    const study = this.#store.study(dir);
    if (!study) return undefined;
    const quality = await studyQuality(study, this.#store.slices);
    return studyDetails(study, this.#counts.get(dir)?.pairs, quality);
  }

  /** As the reviewer is to see it. */
  #state(study: OpenStudy, questionId: string): QuestionState {
    return shownState(study, questionId, this.#reviewer());
  }

  async #queueOf(study: OpenStudy): Promise<StudyQueue> {
    const queue = await this.#queues.of(study);
    this.#shown.set(study.dir, queue);
    return queue;
  }

  #part(study: OpenStudy): ShownPart | undefined {
    const shown = this.#shown.get(study.dir);
    if (shown?.title === undefined) return undefined;
    const unread = looksAtClusters(shown.active.view) ? study.clustersDue : 0;
    return { title: shown.title, shown: shown.ids.length, audit: shown.audit.size, unread };
  }

  /** Rows at once are better than a row that says "reading" and a refresh, which VS Code delays. */
  async #firstQuestions(study: OpenStudy): Promise<void> {
    if (!study.loading || study.index.questions.size > 0) return;
    let subscription: vscode.Disposable | undefined;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, FIRST_ROWS_MS);
      subscription = this.#store.onDidChange(() => {
        if (!study.loading || study.index.questions.size > 0) resolve();
      });
    });
    clearTimeout(timer);
    subscription?.dispose();
  }

  #nodesOf(dir: string): StudyNodes {
    const nodes = this.#nodes.get(dir) ?? new StudyNodes(dir);
    this.#nodes.set(dir, nodes);
    return nodes;
  }

  async #countsOf(study: OpenStudy): Promise<StudyCounts> {
    const known = this.#counts.get(study.dir);
    if (known && !this.#stale.has(study.dir)) return known;
    this.#stale.delete(study.dir);
    const counts = study.loading
      ? countsSoFar(study)
      : countQuestions(await this.#queues.questions(study));
    this.#counts.set(study.dir, counts);
    return counts;
  }

  #changed({ study, questions }: StudyChange): void {
    if (!study) {
      const known = new Set(this.#store.studies().map(({ dir }) => dir));
      for (const dir of this.#nodes.keys()) if (!known.has(dir)) this.#drop(dir);
      this.#changes.fire(undefined);
      return;
    }
    this.#stale.add(study.dir);
    const nodes = this.#nodesOf(study.dir);
    const single = questions !== 'all' && questions.size <= SINGLE_ROWS && !study.loading;
    if (single && questions.size > 0)
      this.#changes.fire([...questions].map((id) => nodes.question(id)));
    this.#refreshSoon(study, questions === 'all' && !study.loading);
  }

  /** The row of the study and with it its list of questions: VS Code asks for all of them anew. */
  #refreshSoon(study: OpenStudy, urgent: boolean): void {
    const { dir } = study;
    const intervalMs = this.#intervalMs(study, urgent);
    const now = performance.now();
    const at = Math.max(now, (this.#refreshed.get(dir) ?? -Infinity) + intervalMs);
    const due = this.#due.get(dir);
    if (due && due.at <= at) return;
    clearTimeout(due?.timer);
    const timer = setTimeout(() => {
      void this.#refresh(study);
    }, at - now);
    this.#due.set(dir, { at, timer });
  }

  /** What grows while one looks at it comes at once at first; long lists cost VS Code some 30 ms each time. */
  #intervalMs(study: OpenStudy, urgent: boolean): number {
    const shown = this.#counts.get(study.dir)?.questions ?? 0;
    if (shown === 0 && study.index.questions.size > 0) return 0;
    if (urgent) return 300;
    if (study.loading) return 700;
    return study.index.questions.size > 200 ? 2000 : 400;
  }

  async #refresh(study: OpenStudy): Promise<void> {
    const { dir } = study;
    // First, so that what changes during the counting asks for another refresh.
    this.#due.delete(dir);
    this.#refreshed.set(dir, performance.now());
    await Promise.all([this.#countsOf(study), this.#queueOf(study)]);
    if (this.#store.study(dir) === study) this.#changes.fire(this.#nodesOf(dir).study);
  }

  #drop(dir: string): void {
    clearTimeout(this.#due.get(dir)?.timer);
    this.#due.delete(dir);
    this.#nodes.delete(dir);
    this.#shown.delete(dir);
    this.#counts.delete(dir);
    this.#refreshed.delete(dir);
  }
}
