import { join } from 'node:path';
import * as vscode from 'vscode';
import { cacheFolder } from '../../cacheFolder.ts';
import type { EndpointMemory } from '../../endpoint/endpointMemory.ts';
import { SealongError } from '../../errors.ts';
import { EXPORT_FORMATS } from '../../preference/formats/formats.ts';
import type { StageOutcome } from '../../protocol/stage.ts';
import type { StageEnvironment, StageRequest } from '../../stageRequest.ts';
import type { PairPolicy, ScorerName } from '../../study/config.ts';
import type { RunRecord } from '../../study/runRecord.ts';
import { openStudy } from '../../study/study.ts';
import type { ApiKeys } from '../endpoint/apiKeys.ts';
import type { EndpointChoice } from '../endpoint/endpointChoice.ts';
import type { Endpoint } from '../endpoint/endpoints.ts';
import { cancelledByUser, type ErrorReporter } from '../errorReporter.ts';
import { chooseEmbeddingModel } from '../run/embeddingModel.ts';
import { confirmJudging } from '../run/confirmJudging.ts';
import { confirmSampling } from '../run/confirmSampling.ts';
import { NEXT_STEP_LABEL, doneText, type NextStep } from '../run/runTexts.ts';
import type { Runs } from '../run/runs.ts';
import type { UnfinishedRuns } from '../run/unfinishedRuns.ts';
import { hiddenByBlind } from '../hiddenByBlind.ts';
import { settings } from '../settings.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { DatasetChoice } from './datasetChoice.ts';
import { requireTrust } from '../trust.ts';

/** What a synthesis is to be made from. */
export type SynthesisChoice = Pick<
  Extract<StageRequest, { verb: 'synthesize' }>,
  'from' | 'format' | 'distractors' | 'articles'
>;

export interface RunCommandPorts {
  runs: Runs;
  endpoints: EndpointChoice;
  keys: ApiKeys;
  errors: ErrorReporter;
  embeddingWorker: URL;
  tokenWorker: URL;
  memory: vscode.Memento;
  endpointMemory: EndpointMemory;
  unfinished: Pick<UnfinishedRuns, 'during'>;
  /** Awaited between the questions of a large study. */
  pause: () => Promise<void>;
  log: vscode.LogOutputChannel;
  /** Does what a notification offers next. */
  next: (step: NextStep, study: OpenStudy, summary: object) => Promise<void>;
}

/** The commands that run a stage: each asks what it must, runs, and offers what comes next. */
export class RunCommands {
  readonly #ports: RunCommandPorts;

  constructor(ports: RunCommandPorts) {
    this.#ports = ports;
  }

  async synthesize(study: OpenStudy, of: SynthesisChoice): Promise<void> {
    requireTrust('Importing questions');
    await this.#import(study, { verb: 'synthesize', study: study.dir, settings: [], ...of });
  }

  async importDataset(study: OpenStudy, of: DatasetChoice): Promise<void> {
    requireTrust('Importing a dataset');
    await this.#import(study, { verb: 'import', study: study.dir, settings: [], ...of });
  }

  async #import(study: OpenStudy, request: StageRequest): Promise<void> {
    const usesServer = study.config?.questions.tokenizer === 'endpoint';
    await this.#run(study, request, await this.#environment({ needsServer: usesServer }));
  }

  /**
   * @param begun a run to go on with: on its server, where that can still be used, and with its settings.
   * @param estimated whether the user was told what is left to do there, and wants it.
   */
  async sample(study: OpenStudy, begun?: RunRecord, estimated = false): Promise<void> {
    requireTrust('Sampling');
    const { endpoints } = this.#ports;
    const { settings: own = [], endpoint: on } = begun ?? {};
    const same = on && (await endpoints.find(on));
    const endpoint =
      same ??
      (await (on
        ? endpoints.pick(`Server to go on with ${study.name}`, {
            canStart: true,
            placeHolder: `It was sampled on ${on.base_url}, which is none of your endpoints`,
          })
        : this.#endpoint()));
    if (!same || !estimated)
      await confirmSampling(study, await openStudy(study.dir, own), endpoint, {
        memory: this.#ports.endpointMemory,
        above: settings.confirmAbove(),
        pause: this.#ports.pause,
        log: this.#ports.log,
      });
    const environment = await this.#environment({ endpoint });
    await this.#run(study, { verb: 'sample', study: study.dir, settings: own }, environment);
  }

  /** @param other a scorer for this run in place of the study's. */
  async score(study: OpenStudy, other?: ScorerName): Promise<void> {
    requireTrust('Scoring');
    const chosen = other === undefined ? [] : [{ path: ['scoring', 'scorer'], value: other }];
    const opened = await openStudy(study.dir, chosen);
    const { embedding, scorer } = opened.config.scoring;
    const needsServer = embedding.backend === 'server' || JUDGES.has(scorer);
    const base = await this.#environment({ needsServer });
    if (base.endpoint && JUDGES.has(scorer))
      await confirmJudging(study, base.endpoint, opened.config, this.#ports.pause);
    const model = await chooseEmbeddingModel(opened, {
      modelCache: base.modelCache,
      ...(base.embeddedFolder === undefined ? {} : { embeddedFolder: base.embeddedFolder }),
      workerUrl: this.#ports.embeddingWorker,
      memory: this.#ports.memory,
    });
    await this.#run(
      study,
      { verb: 'score', study: study.dir, settings: [...chosen, ...model.settings] },
      { ...base, allowDownload: model.allowDownload },
    );
  }

  async exportPairs(study: OpenStudy): Promise<void> {
    requireTrust('Exporting');
    if (study.blind) throw hiddenByBlind(study, 'which pairs there are is');
    const format = await vscode.window.showQuickPick(
      EXPORT_FORMATS.map(({ name, description }) => ({ label: name, detail: description })),
      { title: `Export the pairs of ${study.name}`, placeHolder: 'What reads the export?' },
    );
    if (!format) throw cancelledByUser();
    const out = await vscode.window.showInputBox({
      title: 'Name of the export',
      ignoreFocusOut: true,
      prompt: 'The folder under exports/. An earlier export of that name that differs is kept.',
      value: format.label,
      validateInput: (value) =>
        /^[A-Za-z0-9_][\w.-]{0,99}$/.test(value)
          ? undefined
          : 'Use letters, digits, ".", "_" and "-".',
    });
    if (out === undefined) throw cancelledByUser();
    await this.#run(
      study,
      { verb: 'export', study: study.dir, settings: [], format: format.label, out },
      await this.#environment({}),
    );
  }

  /** @returns the report's summary, or undefined where it was cancelled or failed. */
  async report(study: OpenStudy): Promise<object | undefined> {
    requireTrust('Measuring');
    const outcome = await this.#run(
      study,
      { verb: 'report', study: study.dir, settings: [], scorers: true },
      await this.#environment({}),
    );
    return outcome.type === 'done' ? outcome.summary : undefined;
  }

  /** Reads files alone, so that it needs no trust. @returns undefined where it was cancelled or failed. */
  async synthesisReport(study: OpenStudy): Promise<object | undefined> {
    const outcome = await this.#run(
      study,
      { verb: 'report', study: study.dir, settings: [], synthesis: true },
      await this.#environment({}),
    );
    return outcome.type === 'done' ? outcome.summary : undefined;
  }

  /** The study's pairs beside those of another policy. @returns undefined where it was cancelled or failed. */
  async comparePolicy(study: OpenStudy, policy: PairPolicy): Promise<object | undefined> {
    const compare = [{ path: ['pairs'], value: policy }];
    const outcome = await this.#run(
      study,
      { verb: 'pairs', study: study.dir, settings: [], compare },
      await this.#environment({}),
    );
    return outcome.type === 'done' ? outcome.summary : undefined;
  }

  async #run(
    study: OpenStudy,
    request: StageRequest,
    environment: StageEnvironment,
  ): Promise<StageOutcome> {
    const start = () => this.#ports.runs.start(request, environment);
    const outcome =
      request.verb === 'sample' ? await this.#ports.unfinished.during(study, start) : await start();
    // Notifications stay until they are answered; the command is over before.
    void this.#announce(study, request, environment, outcome).catch((error: unknown) => {
      this.#ports.errors.report(error, `After ${request.verb}`);
    });
    return outcome;
  }

  async #announce(
    study: OpenStudy,
    request: StageRequest,
    environment: StageEnvironment,
    outcome: StageOutcome,
  ): Promise<void> {
    const again = (changed: StageRequest = request) => this.#run(study, changed, environment);
    switch (outcome.type) {
      case 'done': {
        const { message, next } = doneText(request.verb, study.name, outcome.summary, {
          ...(study.config ? { scorer: study.config.scoring.scorer } : {}),
          blind: study.blind,
        });
        if (message === '') return;
        const labels = next.map((step) => NEXT_STEP_LABEL[step]);
        const picked = await vscode.window.showInformationMessage(message, ...labels);
        const step = next.find((candidate) => NEXT_STEP_LABEL[candidate] === picked);
        if (step) await this.#ports.next(step, study, outcome.summary);
        return;
      }
      case 'cancelled': {
        const resume = 'Resume';
        const picked = await vscode.window.showInformationMessage(
          `Cancelled. What is done in ${study.name} is kept.`,
          resume,
        );
        if (picked === resume) await again();
        return;
      }
      case 'failed':
        if (
          outcome.code === 'would_orphan' &&
          (request.verb === 'synthesize' || request.verb === 'import')
        ) {
          await confirm(
            `Replace the questions of ${study.name}?`,
            `${outcome.message} A copy of the present file is kept.`,
            'Replace',
          );
          await again({ ...request, replace: true });
          return;
        }
        this.#ports.errors.report(
          new SealongError(outcome.code, outcome.message),
          request.verb,
          RESUMABLE.has(request.verb) ? { label: 'Resume', run: again } : undefined,
        );
    }
  }

  async #endpoint(): Promise<Endpoint> {
    try {
      return await this.#ports.endpoints.current();
    } catch (error) {
      if (!(error instanceof SealongError && error.code === 'no_endpoint')) throw error;
      return this.#ports.endpoints.select();
    }
  }

  async #environment(of: {
    endpoint?: Endpoint;
    needsServer?: boolean;
  }): Promise<StageEnvironment> {
    const endpoint = of.endpoint ?? (of.needsServer === true ? await this.#endpoint() : undefined);
    const apiKey = endpoint && (await this.#ports.keys.keyFor(endpoint));
    const embeddedFolder = settings.embeddedFolder();
    return {
      ...(endpoint ? { endpoint } : {}),
      ...(apiKey === undefined ? {} : { apiKey }),
      ...(embeddedFolder === undefined ? {} : { embeddedFolder }),
      endpointCache: cacheFolder(),
      modelCache: settings.modelCache(),
      allowDownload: false,
      embeddingWorker: this.#ports.embeddingWorker.href,
      tokenWorker: this.#ports.tokenWorker.href,
    };
  }
}

/** The scorers that ask the sampled model itself. */
const JUDGES = new Set<ScorerName>(['self_evaluation', 'mbr_self_evaluation']);

const RESUMABLE = new Set<StageRequest['verb']>(['sample', 'score', 'synthesize', 'import']);

/** Where an export's manifest lies. */
export function manifestOf(summary: object): string | undefined {
  return 'folder' in summary && typeof summary.folder === 'string'
    ? join(summary.folder, 'manifest.json')
    : undefined;
}

async function confirm(question: string, detail: string, yes: string): Promise<void> {
  const picked = await vscode.window.showWarningMessage(question, { modal: true, detail }, yes);
  if (picked !== yes) throw cancelledByUser();
}
