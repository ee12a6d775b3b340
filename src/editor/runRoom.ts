import * as vscode from 'vscode';
import { cacheFolder } from '../cacheFolder.ts';
import { EndpointMemory } from '../endpoint/endpointMemory.ts';
import { estimateTerms } from '../sampling/estimateTerms.ts';
import { estimateText } from '../sampling/estimateTexts.ts';
import type { ScorerName } from '../study/config.ts';
import { setApiKey } from './commands/apiKeyCommand.ts';
import { cancelRun } from './commands/cancelRun.ts';
import { pickArticles, pickDistractors } from './commands/collectionFile.ts';
import { createStudy } from './commands/createStudy.ts';
import { pickDataset } from './commands/datasetChoice.ts';
import { pickFormat, pickSourceFile } from './commands/questionsFile.ts';
import type { CommandHandlers } from './commands/registerCommands.ts';
import { RunCommands, manifestOf } from './commands/runCommands.ts';
import { pickScorer, scorerOf, setScorer } from './commands/scorerCommands.ts';
import { testEndpoints } from './commands/testEndpointCommand.ts';
import { EmbeddedModel } from './embeddedModel.ts';
import { ApiKeys } from './endpoint/apiKeys.ts';
import { EndpointChoice, type LinkedEndpoint } from './endpoint/endpointChoice.ts';
import type { ErrorReporter } from './errorReporter.ts';
import { reportPanels, shownReport } from './panels/reportPanels.ts';
import { synthesisPanels } from './panels/synthesisPanels.ts';
import { synthesisView } from './panels/synthesisView.ts';
import { changePolicy } from './policy/policyCommand.ts';
import { hiddenByBlind } from './hiddenByBlind.ts';
import type { ReviewRoom } from './reviewRoom.ts';
import { Runs } from './run/runs.ts';
import type { NextStep } from './run/runTexts.ts';
import { UnfinishedRuns } from './run/unfinishedRuns.ts';
import { updateSetting } from './settings.ts';
import type { OpenStudy } from './store/openStudy.ts';
import type { StudyStore } from './store/studyStore.ts';
import { requireTrust } from './trust.ts';

type RunCommand =
  | 'createStudy'
  | 'importQuestions'
  | 'importDataset'
  | 'synthesisReport'
  | 'sample'
  | 'resumeSampling'
  | 'score'
  | 'scoreWith'
  | 'showScorer'
  | 'exportPairs'
  | 'report'
  | 'changePolicy'
  | 'selectEndpoint'
  | 'testEndpoint'
  | 'setApiKey'
  | 'startEmbedded'
  | 'stopEmbedded'
  | 'cancelRun';

export interface RunRoomPorts {
  context: vscode.ExtensionContext;
  /** A bundled script by its name. */
  script: (name: string) => URL;
  store: StudyStore;
  review: Pick<ReviewRoom, 'view' | 'targets' | 'questions'>;
  /** Servers that run as jobs on clusters. */
  linked: () => readonly LinkedEndpoint[];
  errors: ErrorReporter;
  log: vscode.LogOutputChannel;
}

/** All that runs on a study: its stages, the servers that they ask, and what they report. */
export class RunRoom implements vscode.Disposable {
  readonly handlers: Pick<CommandHandlers, RunCommand>;
  readonly embedded: EmbeddedModel;
  readonly keys: ApiKeys;
  readonly runs: Runs;
  readonly unfinished: UnfinishedRuns;
  readonly #ports: RunRoomPorts;
  readonly #memory = new EndpointMemory(cacheFolder());
  readonly #endpoints: EndpointChoice;
  readonly #stages: RunCommands;
  readonly #reports: ReturnType<typeof reportPanels>;
  readonly #syntheses: ReturnType<typeof synthesisPanels>;
  readonly #subscription: vscode.Disposable;

  constructor(ports: RunRoomPorts) {
    const { context, script, store, errors, log } = ports;
    this.#ports = ports;
    this.embedded = new EmbeddedModel(
      vscode.Uri.joinPath(context.extensionUri, 'dist', 'sealong.js').fsPath,
      log,
    );
    this.#endpoints = new EndpointChoice(this.embedded, this.#memory, ports.linked);
    this.keys = new ApiKeys(context.secrets);
    this.runs = new Runs({ store, script: script('stageWorker'), log, view: ports.review.view });
    this.#reports = reportPanels(context.extensionUri, {
      load: async (dir) => {
        const study = await this.#known(dir);
        const summary = study && (await this.#stages.report(study));
        return summary && shownReport(summary, study);
      },
      failed: (error) => {
        errors.report(error, 'The report');
      },
    });
    this.#syntheses = synthesisPanels(context.extensionUri, {
      load: async (dir) => {
        const study = await this.#known(dir);
        return study && this.#stages.synthesisReport(study);
      },
      failed: (error) => {
        errors.report(error, 'The synthesis report');
      },
    });
    this.unfinished = this.#makeUnfinished();
    this.#stages = new RunCommands({
      runs: this.runs,
      endpoints: this.#endpoints,
      keys: this.keys,
      errors,
      endpointMemory: this.#memory,
      unfinished: this.unfinished,
      pause: () => store.slices.pause(),
      log,
      embeddingWorker: script('embeddingWorker'),
      tokenWorker: script('tokenWorker'),
      memory: context.globalState,
      next: (step, study, summary) => this.#next(step, study, summary),
    });
    this.handlers = { ...this.#studyHandlers(), ...this.#serverHandlers() };
    // A report that is open when its study becomes blind must not go on showing scores.
    this.#subscription = store.onDidChange(({ study }) => {
      if (study)
        this.#reports.change(study.dir, (shown) =>
          shown.blind === study.blind ? shown : shownReport(shown.summary, study),
        );
    });
  }

  #makeUnfinished(): UnfinishedRuns {
    const { store, log, errors } = this.#ports;
    return new UnfinishedRuns({
      store,
      log,
      estimateText: async ({ endpoint }, { config }, estimate) => {
        const on = await this.#endpoints.known(endpoint);
        const { model } = config.sampling;
        return estimateText(estimate, on ? await estimateTerms(on, model, this.#memory) : {});
      },
      resume: async (study) => {
        try {
          // Where the study has changed since the offer, it is a new run, and asks.
          await this.#stages.sample(study, await this.unfinished.of(study), true);
        } catch (error) {
          errors.report(error, 'Resuming sampling');
        }
      },
    });
  }

  #studyHandlers() {
    const { store, review } = this.#ports;
    const stages = this.#stages;
    const on = (run: (study: OpenStudy) => unknown) => async (target: unknown) =>
      run(await review.targets.study(target));
    return {
      createStudy: async () => {
        const created = await createStudy(this.#endpoints, this.keys);
        await updateSetting('endpoint', created.endpoint.name);
        await store.refresh(created.dir);
        const study = await review.targets.study({ type: 'study', dir: created.dir });
        if (created.questions !== undefined)
          await stages.synthesize(study, { from: created.questions });
      },
      importQuestions: on((study) => this.#importQuestions(study)),
      importDataset: on(async (study) => {
        requireTrust('Importing a dataset');
        const count = study.config?.questions.count ?? 2048;
        await stages.importDataset(study, await pickDataset(count));
      }),
      synthesisReport: on((study) => this.#showSynthesisReport(study)),
      sample: on((study) => stages.sample(study)),
      resumeSampling: on(async (study) => stages.sample(study, await this.unfinished.of(study))),
      score: on((study) => stages.score(study)),
      scoreWith: on(async (study) => {
        requireTrust('Scoring');
        const scorer = await pickScorer(study, store.slices, {
          title: `Score ${study.name} with`,
          placeHolder: 'Scores of the other scorers are kept, and so is sealong.json',
        });
        await stages.score(study, scorer);
      }),
      showScorer: on(async (study) => {
        requireTrust('Changing the scorer');
        if (study.blind) throw hiddenByBlind(study, 'scores are');
        const scorer = await pickScorer(study, store.slices, {
          title: `Scorer of ${study.name}`,
          placeHolder: 'Written to sealong.json: tree, panel, pairs and exports go by it',
        });
        await this.#useScorer(study, scorer);
      }),
      exportPairs: on((study) => stages.exportPairs(study)),
      report: on((study) => this.#showReport(study)),
      changePolicy: on((study) =>
        changePolicy(study, {
          slices: store.slices,
          compare: (of, policy) => stages.comparePolicy(of, policy),
        }),
      ),
    };
  }

  #serverHandlers() {
    const { review, log } = this.#ports;
    const [endpoints, keys] = [this.#endpoints, this.keys];
    return {
      selectEndpoint: () => {
        requireTrust('Selecting a server');
        return endpoints.select();
      },
      testEndpoint: () =>
        testEndpoints({
          endpoints,
          keys,
          memory: this.#memory,
          log,
          model: () => review.targets.current()?.config?.sampling.model,
        }),
      setApiKey: () => setApiKey(endpoints, keys),
      startEmbedded: async () => {
        requireTrust('Starting the embedded model');
        await vscode.window.withProgress(
          { location: { viewId: 'sealong.studies' }, title: 'Starting the embedded model' },
          () => this.embedded.start(),
        );
        await updateSetting('endpoint', 'embedded');
      },
      stopEmbedded: () => this.embedded.stop(),
      cancelRun: () => cancelRun(this.runs),
    };
  }

  async #importQuestions(study: OpenStudy): Promise<void> {
    const from = await pickSourceFile('File of questions', { optional: false });
    if (from === undefined) return;
    const format = await pickFormat();
    const distractors = await pickDistractors();
    const articles =
      study.config?.questions.full_articles === true ? await pickArticles() : undefined;
    await this.#stages.synthesize(study, {
      from,
      ...(format === undefined ? {} : { format }),
      ...(distractors === undefined ? {} : { distractors }),
      ...(articles === undefined ? {} : { articles }),
    });
  }

  /** Does what the notification of a run's end offers. */
  async #next(step: NextStep, study: OpenStudy, summary: object): Promise<void> {
    const stages = this.#stages;
    switch (step) {
      case 'synthesisReport':
        return this.#showSynthesisReport(study);
      case 'sample':
        return stages.sample(study);
      case 'score':
        return stages.score(study);
      case 'useScorer':
        return this.#useScorer(study, scorerOf(summary));
      case 'openSmallestMargin':
        return this.#ports.review.questions.openSmallestMargin(study);
      case 'export':
        return stages.exportPairs(study);
      case 'report':
        return this.#showReport(study);
      case 'openManifest': {
        const manifest = manifestOf(summary);
        if (manifest !== undefined)
          await vscode.window.showTextDocument(vscode.Uri.file(manifest), { preview: false });
      }
    }
  }

  async #useScorer(study: OpenStudy, scorer: ScorerName | undefined): Promise<void> {
    if (!scorer) return;
    await setScorer(study, scorer);
    await this.#ports.store.refresh(study.dir);
  }

  async #showSynthesisReport(study: OpenStudy): Promise<void> {
    const summary = await this.#stages.synthesisReport(study);
    if (summary) this.#syntheses.show(study.dir, synthesisView(summary));
  }

  async #showReport(study: OpenStudy): Promise<void> {
    const summary = await this.#stages.report(study);
    if (summary) this.#reports.show(study.dir, shownReport(summary, study));
  }

  /** The study of a panel that a reload left, once studies have been looked for. */
  async #known(dir: string): Promise<OpenStudy | undefined> {
    const { store } = this.#ports;
    await store.ready;
    return store.study(dir);
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const part of [this.embedded, this.runs, this.unfinished, this.#reports, this.#syntheses])
      part.dispose();
  }
}
