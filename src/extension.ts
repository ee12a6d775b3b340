import * as vscode from 'vscode';
import { cacheFolder } from './cacheFolder.ts';
import { EndpointMemory } from './endpoint/endpointMemory.ts';
import { estimateTerms } from './sampling/estimateTerms.ts';
import { estimateText } from './sampling/estimateTexts.ts';
import { registerCommands, type CommandHandlers } from './editor/commands/registerCommands.ts';
import { setApiKey } from './editor/commands/apiKeyCommand.ts';
import { cancelRun } from './editor/commands/cancelRun.ts';
import { createStudy } from './editor/commands/createStudy.ts';
import { QuestionCommands } from './editor/commands/questionCommands.ts';
import { pickArticles, pickDistractors } from './editor/commands/collectionFile.ts';
import { ClusterRoom } from './editor/cluster/clusterRoom.ts';
import { pickDataset } from './editor/commands/datasetChoice.ts';
import { pickFormat, pickSourceFile } from './editor/commands/questionsFile.ts';
import { RunCommands, manifestOf } from './editor/commands/runCommands.ts';
import { pickScorer, scorerOf, setScorer } from './editor/commands/scorerCommands.ts';
import { Targets } from './editor/commands/targets.ts';
import { testEndpoints } from './editor/commands/testEndpointCommand.ts';
import { ContextKeys } from './editor/contextKeys.ts';
import { Decisions } from './editor/decisions.ts';
import { StudyDocuments } from './editor/documents/studyDocuments.ts';
import { EmbeddedModel } from './editor/embeddedModel.ts';
import { ApiKeys } from './editor/endpoint/apiKeys.ts';
import { EndpointChoice } from './editor/endpoint/endpointChoice.ts';
import { ErrorReporter } from './editor/errorReporter.ts';
import { Dashboards } from './editor/panels/dashboards.ts';
import { QuestionLoader } from './editor/panels/questionLoader.ts';
import { passedOn } from './editor/panels/panelCommands.ts';
import { PanelPlaces } from './editor/panels/panelPlaces.ts';
import { panelKeys } from './editor/panels/panelKeys.ts';
import { QuestionPanels } from './editor/panels/questionPanels.ts';
import { reportPanels, shownReport } from './editor/panels/reportPanels.ts';
import { synthesisPanels } from './editor/panels/synthesisPanels.ts';
import { synthesisView } from './editor/panels/synthesisView.ts';
import { changePolicy } from './editor/policy/policyCommand.ts';
import { Queues } from './editor/queue/queues.ts';
import { ViewCommands } from './editor/queue/viewCommands.ts';
import { Runs } from './editor/run/runs.ts';
import { UnfinishedRuns } from './editor/run/unfinishedRuns.ts';
import { settings, updateSetting } from './editor/settings.ts';
import type { OpenStudy } from './editor/store/openStudy.ts';
import { StudyStore } from './editor/store/studyStore.ts';
import { StudyTree } from './editor/tree/studyTree.ts';
import { requireTrust, untrustedReason } from './editor/trust.ts';
import type { ScorerName } from './study/config.ts';

/** VS Code gives an extension five seconds to end. */
const DEACTIVATE_MS = 4500;

let running: Runs | undefined;
let clusters: ClusterRoom | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const { extensionUri, subscriptions, workspaceState, globalState } = context;
  const script = (name: string) => new URL(`./${name}.js`, import.meta.url);

  const log = vscode.window.createOutputChannel('SeaLong', { log: true });
  const errors = new ErrorReporter(log);
  const store = new StudyStore({
    workerUrl: script('scanWorker'),
    log: (message) => {
      log.warn(message);
    },
  });
  const queues = new Queues({
    slices: store.slices,
    reviewer: settings.reviewer,
    memory: workspaceState,
  });
  store.onDidChange(({ study }) => {
    if (study) void queues.prepare(study);
  });
  store.onDidCluster((study) => {
    if (study.clustersDue === 0) void queues.prepare(study);
  });
  const tree = new StudyTree({ store, queues, reviewer: settings.reviewer });
  const view = vscode.window.createTreeView('sealong.studies', {
    treeDataProvider: tree,
    showCollapseAll: true,
  });
  // All that this view has to say are its welcome texts.
  const start = vscode.window.createTreeView('sealong.start', { treeDataProvider: EMPTY });
  const documents = new StudyDocuments(store, settings.reviewer);

  const embedded = new EmbeddedModel(
    vscode.Uri.joinPath(extensionUri, 'dist', 'sealong.js').fsPath,
    log,
  );
  const endpointMemory = new EndpointMemory(cacheFolder());
  const endpoints = new EndpointChoice(embedded, endpointMemory, () => clusters?.endpoints ?? []);
  const keys = new ApiKeys(context.secrets);
  const runs = new Runs({ store, script: script('stageWorker'), log, view });
  running = runs;
  const decisions = new Decisions(store, settings.reviewer);

  const panels: QuestionPanels = new QuestionPanels(extensionUri, {
    store,
    queues,
    loader: new QuestionLoader({
      store,
      queue: (study) => queues.of(study),
      reviewer: settings.reviewer,
      readOnly: untrustedReason,
    }),
    places: new PanelPlaces(workspaceState),
    decide: (dir, questionId, request) => decisions.decide(dir, questionId, request),
    openTrajectory: (dir, questionId, index) => questions.showTrajectory(dir, questionId, index),
    openDiff: (dir, questionId, left, right) => questions.showDiff(dir, questionId, left, right),
    openContext: (dir, questionId) => questions.showContext(dir, questionId),
    keys: () => panelKeys(context),
    shown: (dir, questionId) => {
      const row = tree.node(dir, questionId);
      if (row && view.visible) void view.reveal(row, { select: true, focus: false });
    },
    failed: (error) => {
      errors.report(error, 'Showing a question');
    },
  });
  const reports = reportPanels(extensionUri, {
    load: async (dir) => {
      await store.ready;
      const study = store.study(dir);
      const summary = study && (await stages.report(study));
      return summary && shownReport(summary, study);
    },
    failed: (error) => {
      errors.report(error, 'The report');
    },
  });
  const syntheses = synthesisPanels(extensionUri, {
    load: async (dir) => {
      await store.ready;
      const study = store.study(dir);
      return study && stages.synthesisReport(study);
    },
    failed: (error) => {
      errors.report(error, 'The synthesis report');
    },
  });
  const dashboards = new Dashboards(extensionUri, {
    store,
    queues,
    reviewer: settings.reviewer,
    openView: (dir, name) => openView({ type: 'study', dir }, name),
    failed: (error) => {
      errors.report(error, 'The dashboard');
    },
  });
  const openView = async (target: unknown, name: string) => {
    const study = await targets.study(target);
    panels.open(study.dir, await views.open(study, name));
  };
  const targets = new Targets({ store, queues, view, panels });
  const views = new ViewCommands(queues, settings.reviewer, (message) => {
    log.warn(message);
  });
  const questions: QuestionCommands = new QuestionCommands({
    store,
    queues,
    targets,
    panels,
    documents,
    decisions,
    reviewer: settings.reviewer,
  });
  const unfinished = new UnfinishedRuns({
    store,
    log,
    estimateText: async ({ endpoint }, { config }, estimate) => {
      const on = await endpoints.known(endpoint);
      const { model } = config.sampling;
      return estimateText(estimate, on ? await estimateTerms(on, model, endpointMemory) : {});
    },
    resume: async (study) => {
      try {
        // Where the study has changed since the offer, it is a new run, and asks.
        await stages.sample(study, await unfinished.of(study), true);
      } catch (error) {
        errors.report(error, 'Resuming sampling');
      }
    },
  });
  const stages: RunCommands = new RunCommands({
    runs,
    endpoints,
    keys,
    errors,
    endpointMemory,
    unfinished,
    pause: () => store.slices.pause(),
    log,
    embeddingWorker: script('embeddingWorker'),
    tokenWorker: script('tokenWorker'),
    memory: globalState,
    next: async (step, study, summary) => {
      switch (step) {
        case 'synthesisReport':
          return showSynthesisReport(study);
        case 'sample':
          return stages.sample(study);
        case 'score':
          return stages.score(study);
        case 'useScorer':
          return useScorer(study, scorerOf(summary));
        case 'openSmallestMargin':
          return questions.openSmallestMargin(study);
        case 'export':
          return stages.exportPairs(study);
        case 'report':
          return showReport(study);
        case 'openManifest': {
          const manifest = manifestOf(summary);
          if (manifest !== undefined)
            await vscode.window.showTextDocument(vscode.Uri.file(manifest), { preview: false });
        }
      }
    },
  });
  const useScorer = async (study: OpenStudy, scorer: ScorerName | undefined) => {
    if (!scorer) return;
    await setScorer(study, scorer);
    await store.refresh(study.dir);
  };
  const showSynthesisReport = async (study: OpenStudy) => {
    const summary = await stages.synthesisReport(study);
    if (summary) syntheses.show(study.dir, synthesisView(summary));
  };
  const showReport = async (study: OpenStudy) => {
    const summary = await stages.report(study);
    if (summary) reports.show(study.dir, shownReport(summary, study));
  };

  const contextKeys = new ContextKeys(
    store,
    () => targets.current(),
    (study) => {
      start.description = study && store.studies().length > 1 ? study.name : '';
    },
    async (study) => (await unfinished.of(study)) !== undefined,
  );
  const showRunning = () => {
    contextKeys.set('running', runs.active.length > 0);
    contextKeys.set('embeddedRunning', embedded.running !== undefined);
    contextKeys.updateSoon();
  };

  const cluster = new ClusterRoom({
    extensionUri,
    script,
    store,
    runs,
    errors,
    log,
    memory: workspaceState,
    key: (baseUrl, key) => (key === undefined ? keys.remove(baseUrl) : keys.set(baseUrl, key)),
    useEndpoint: (name) => updateSetting('endpoint', name),
    study: (target) => targets.study(target),
    setContext: (key, value) => {
      contextKeys.set(key, value);
    },
  });
  clusters = cluster;

  const handlers: CommandHandlers = {
    ...cluster.handlers,
    createStudy: async () => {
      const created = await createStudy(endpoints, keys);
      await updateSetting('endpoint', created.endpoint.name);
      await store.refresh(created.dir);
      const study = await targets.study({ type: 'study', dir: created.dir });
      if (created.questions !== undefined)
        await stages.synthesize(study, { from: created.questions });
    },
    importQuestions: async (target) => {
      const study = await targets.study(target);
      const from = await pickSourceFile('File of questions', { optional: false });
      if (from === undefined) return;
      const format = await pickFormat();
      const distractors = await pickDistractors();
      const articles =
        study.config?.questions.full_articles === true ? await pickArticles() : undefined;
      await stages.synthesize(study, {
        from,
        ...(format === undefined ? {} : { format }),
        ...(distractors === undefined ? {} : { distractors }),
        ...(articles === undefined ? {} : { articles }),
      });
    },
    importDataset: async (target) => {
      requireTrust('Importing a dataset');
      const study = await targets.study(target);
      const count = study.config?.questions.count ?? 2048;
      await stages.importDataset(study, await pickDataset(count));
    },
    synthesisReport: async (target) => showSynthesisReport(await targets.study(target)),
    sample: async (target) => stages.sample(await targets.study(target)),
    resumeSampling: async (target) => {
      const study = await targets.study(target);
      await stages.sample(study, await unfinished.of(study));
    },
    score: async (target) => stages.score(await targets.study(target)),
    scoreWith: async (target) => {
      requireTrust('Scoring');
      const study = await targets.study(target);
      const scorer = await pickScorer(study, store.slices, {
        title: `Score ${study.name} with`,
        placeHolder: 'Scores of the other scorers are kept, and so is sealong.json',
      });
      await stages.score(study, scorer);
    },
    showScorer: async (target) => {
      requireTrust('Changing the scorer');
      const study = await targets.study(target);
      const scorer = await pickScorer(study, store.slices, {
        title: `Scorer of ${study.name}`,
        placeHolder: 'Written to sealong.json: tree, panel, pairs and exports go by it',
      });
      await useScorer(study, scorer);
    },
    exportPairs: async (target) => stages.exportPairs(await targets.study(target)),
    report: async (target) => showReport(await targets.study(target)),
    changePolicy: async (target) =>
      changePolicy(await targets.study(target), {
        slices: store.slices,
        compare: (study, policy) => stages.comparePolicy(study, policy),
      }),
    dashboard: async (target) => dashboards.show(await targets.study(target)),
    openDisputed: (target) => openView(target, 'disputed'),
    openQuestion: (target) => questions.openQuestion(target),
    openQuestionBeside: (target) => questions.openBeside(target),
    openSmallestMargin: async (target) => questions.openSmallestMargin(await targets.study(target)),
    nextQuestion: () => questions.navigate(1),
    previousQuestion: () => questions.navigate(-1),
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
    selectEndpoint: () => {
      requireTrust('Selecting a server');
      return endpoints.select();
    },
    testEndpoint: () =>
      testEndpoints({
        endpoints,
        keys,
        memory: endpointMemory,
        log,
        model: () => targets.current()?.config?.sampling.model,
      }),
    setApiKey: () => setApiKey(endpoints, keys),
    startEmbedded: async () => {
      requireTrust('Starting the embedded model');
      await vscode.window.withProgress(
        { location: { viewId: 'sealong.studies' }, title: 'Starting the embedded model' },
        () => embedded.start(),
      );
      await updateSetting('endpoint', 'embedded');
    },
    stopEmbedded: async () => {
      await embedded.stop();
    },
    showLog: () => {
      log.show();
    },
    cancelRun: () => cancelRun(runs),
    refresh: async (target) => {
      const { dir } = await targets.study(target);
      await store.refresh(dir);
      queues.renew(dir);
    },
  };

  subscriptions.push(
    log,
    store,
    tree,
    view,
    start,
    documents,
    embedded,
    runs,
    unfinished,
    panels,
    reports,
    syntheses,
    dashboards,
    cluster,
    contextKeys,
    registerCommands(handlers, errors, log),
    runs.onDidChange(showRunning),
    embedded.onDidChange(showRunning),
    view.onDidChangeSelection(() => {
      contextKeys.updateSoon();
    }),
    tree.onDidGiveRows(() => {
      contextKeys.updateSoon();
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => {
      panels.updateAll();
    }),
  );
  void embedded.find().then(showRunning);
}

/** Lets runs end by themselves, with what they did kept. */
export async function deactivate(): Promise<void> {
  await Promise.race([
    Promise.all([running?.cancelAll(), clusters?.close()]),
    new Promise((resolve) => setTimeout(resolve, DEACTIVATE_MS)),
  ]);
}

const EMPTY: vscode.TreeDataProvider<never> = {
  getChildren: () => [],
  getTreeItem: () => new vscode.TreeItem(''),
};
