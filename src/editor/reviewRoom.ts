import * as vscode from 'vscode';
import { showAnswerRules } from './answers/answerRulesCommand.ts';
import { shownAnswers } from './answers/shownAnswers.ts';
import type { CommandHandlers } from './commands/registerCommands.ts';
import { QuestionCommands } from './commands/questionCommands.ts';
import { Targets } from './commands/targets.ts';
import { Decisions } from './decisions.ts';
import { StudyDocuments } from './documents/studyDocuments.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { Dashboards } from './panels/dashboards.ts';
import { passedOn, type PassedOnCommand } from './panels/panelCommands.ts';
import { panelKeys } from './panels/panelKeys.ts';
import { PanelPlaces } from './panels/panelPlaces.ts';
import { QuestionLoader } from './panels/questionLoader.ts';
import { QuestionPanels } from './panels/questionPanels.ts';
import { Queues } from './queue/queues.ts';
import { ViewCommands } from './queue/viewCommands.ts';
import { settings } from './settings.ts';
import type { StudyStore } from './store/studyStore.ts';
import type { Node } from './tree/nodes.ts';
import { StudyTree } from './tree/studyTree.ts';
import { untrustedReason } from './trust.ts';

type ReviewCommand =
  | PassedOnCommand
  | 'answerRules'
  | 'dashboard'
  | 'openDisputed'
  | 'openQuestion'
  | 'openQuestionBeside'
  | 'openSmallestMargin'
  | 'nextQuestion'
  | 'previousQuestion'
  | 'openTrajectory'
  | 'openContext'
  | 'chooseTrajectory'
  | 'rejectTrajectory'
  | 'undo'
  | 'redo'
  | 'chooseView'
  | 'filterQuestions'
  | 'sortQuestions'
  | 'mixIn'
  | 'saveView'
  | 'clearView'
  | 'showProblems'
  | 'refresh';

export interface ReviewRoomPorts {
  context: vscode.ExtensionContext;
  store: StudyStore;
  errors: ErrorReporter;
  log: vscode.LogOutputChannel;
}

/** All that is read and decided: the tree, the queues, the panels of questions, texts and the dashboard. */
export class ReviewRoom implements vscode.Disposable {
  readonly handlers: Pick<CommandHandlers, ReviewCommand>;
  readonly view: vscode.TreeView<Node>;
  readonly tree: StudyTree;
  readonly panels: QuestionPanels;
  readonly questions: QuestionCommands;
  readonly targets: Targets;
  readonly #store: StudyStore;
  readonly #queues: Queues;
  readonly #loader: QuestionLoader;
  readonly #views: ViewCommands;
  readonly #dashboards: Dashboards;
  readonly #subscriptions: { dispose: () => unknown }[];

  constructor(ports: ReviewRoomPorts) {
    const { context, store, errors, log } = ports;
    const { reviewer } = settings;
    this.#store = store;
    const queues = (this.#queues = preparedQueues(store, context.workspaceState));
    this.tree = new StudyTree({ store, queues, reviewer });
    this.view = vscode.window.createTreeView('sealong.studies', {
      treeDataProvider: this.tree,
      showCollapseAll: true,
    });
    const decisions = new Decisions(store, reviewer);
    const documents = new StudyDocuments(store, reviewer);
    this.#loader = new QuestionLoader({
      store,
      queue: (study) => queues.of(study),
      reviewer,
      readOnly: untrustedReason,
    });
    this.panels = this.#makePanels(context, decisions, errors);
    this.targets = new Targets({ store, queues, view: this.view, panels: this.panels });
    this.#views = new ViewCommands(queues, reviewer, (message) => {
      log.warn(message);
    });
    this.questions = new QuestionCommands({
      store,
      queues,
      targets: this.targets,
      panels: this.panels,
      documents,
      decisions,
      reviewer,
    });
    this.#dashboards = new Dashboards(context.extensionUri, {
      store,
      queues,
      reviewer,
      openView: (dir, name) => this.#openView({ type: 'study', dir }, name),
      failed: (error) => {
        errors.report(error, 'The dashboard');
      },
    });
    this.handlers = this.#makeHandlers();
    this.#subscriptions = [
      this.tree,
      this.view,
      documents,
      this.panels,
      this.#dashboards,
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.panels.updateAll();
      }),
    ];
  }

  #makePanels(
    context: vscode.ExtensionContext,
    decisions: Decisions,
    errors: ErrorReporter,
  ): QuestionPanels {
    const [store, queues, loader] = [this.#store, this.#queues, this.#loader];
    return new QuestionPanels(context.extensionUri, {
      store,
      queues,
      loader,
      places: new PanelPlaces(context.workspaceState),
      decide: (dir, questionId, request) => decisions.decide(dir, questionId, request),
      openTrajectory: (dir, questionId, index) =>
        this.questions.showTrajectory(dir, questionId, index),
      openDiff: (dir, questionId, left, right) =>
        this.questions.showDiff(dir, questionId, left, right),
      openContext: (dir, questionId) => this.questions.showContext(dir, questionId),
      showAnswerRules: (dir, rule) => {
        this.#showAnswerRules({ type: 'study', dir }, rule).catch((error: unknown) => {
          errors.report(error, 'The answer rules');
        });
      },
      keys: () => panelKeys(context),
      shown: (dir, questionId) => {
        const row = this.tree.node(dir, questionId);
        if (row && this.view.visible) void this.view.reveal(row, { select: true, focus: false });
      },
      failed: (error) => {
        errors.report(error, 'Showing a question');
      },
    });
  }

  #makeHandlers(): Pick<CommandHandlers, ReviewCommand> {
    const { questions, targets } = this;
    const views = this.#views;
    return {
      answerRules: async (target) => {
        const { active } = this.panels;
        // The panel knows which rule the row in focus is about.
        if (active?.panel.active === true) questions.act('answerRules');
        else await this.#showAnswerRules(target);
      },
      dashboard: async (target) => this.#dashboards.show(await targets.study(target)),
      openDisputed: (target) => this.#openView(target, 'disputed'),
      openQuestion: (target) => questions.openQuestion(target),
      openQuestionBeside: (target) => questions.openBeside(target),
      openSmallestMargin: async (target) =>
        questions.openSmallestMargin(await targets.study(target)),
      nextQuestion: (how) => questions.navigate(1, how),
      previousQuestion: (how) => questions.navigate(-1, how),
      openTrajectory: (target) => questions.openTrajectory(target),
      openContext: (target) => questions.openContext(target),
      chooseTrajectory: (target) => questions.override('chosen', target),
      rejectTrajectory: (target) => questions.override('rejected', target),
      ...passedOn((action) => {
        questions.act(action);
      }),
      undo: (target) => questions.takeBack('undo', target),
      redo: (target) => questions.takeBack('redo', target),
      chooseView: async (target) => views.choose(await targets.study(target)),
      filterQuestions: async (target) => views.filter(await targets.study(target)),
      sortQuestions: async (target) => views.sort(await targets.study(target)),
      mixIn: async (target) => views.mixIn(await targets.study(target)),
      saveView: async (target) => views.save(await targets.study(target)),
      clearView: async (target) => views.clear(await targets.study(target)),
      showProblems: async (target) => questions.showProblems(await targets.study(target)),
      refresh: async (target) => {
        const { dir } = await targets.study(target);
        await this.#store.refresh(dir);
        this.#queues.renew(dir);
      },
    };
  }

  async #showAnswerRules(target: unknown, rule?: string): Promise<void> {
    const study = await this.targets.study(target);
    await showAnswerRules(
      study,
      {
        refresh: (dir) => this.#store.refresh(dir),
        shown: async (dir) => {
          const { active } = this.panels;
          return active?.dir === dir
            ? shownAnswers(await this.#loader.load(study, active.questionId))
            : undefined;
        },
      },
      rule,
    );
  }

  async #openView(target: unknown, name: string): Promise<void> {
    const study = await this.targets.study(target);
    this.panels.open(study.dir, await this.#views.open(study, name));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

/** Queues that are made anew before anyone asks, when what they are made of has changed. */
function preparedQueues(store: StudyStore, memory: vscode.Memento): Queues {
  const queues = new Queues({ slices: store.slices, reviewer: settings.reviewer, memory });
  store.onDidChange(({ study }) => {
    if (study) void queues.prepare(study);
  });
  store.onDidCluster((study) => {
    if (study.clustersDue === 0) void queues.prepare(study);
  });
  return queues;
}
