import { availableParallelism } from 'node:os';
import { systemClock } from './clock.ts';
import type { ClusterAccess } from './cluster/connect.ts';
import { isJobRequest } from './cluster/jobRequest.ts';
import { jobStage } from './cluster/jobStages.ts';
import { sweepOnNamedCluster } from './cluster/sweepStage.ts';
import { trainOnNamedCluster } from './cluster/trainStage.ts';
import { EndpointMemory } from './endpoint/endpointMemory.ts';
import type { EndpointProfile } from './endpoint/endpointProfile.ts';
import { SealongError } from './errors.ts';
import { comparePolicies } from './evaluation/comparePolicies.ts';
import { report } from './evaluation/report.ts';
import { importDataset } from './importing/importDataset.ts';
import { exportPairs } from './preference/export.ts';
import { pairs } from './preference/pairs.ts';
import { lineageOf } from './lineage/lineage.ts';
import { lineageText } from './lineage/lineageText.ts';
import type { SamplingClient } from './sampling/chatClient.ts';
import { estimateTerms } from './sampling/estimateTerms.ts';
import { openaiClient } from './sampling/openaiClient.ts';
import { rememberedRun } from './sampling/rememberedRun.ts';
import { sample } from './sampling/sample.ts';
import { openEmbedder } from './scoring/embedding/openEmbedder.ts';
import { score } from './scoring/score.ts';
import type { Stage } from './stage.ts';
import type { StageEnvironment, StageRequest } from './stageRequest.ts';
import { openStudy, type Study } from './study/study.ts';
import { reportDataset } from './synthesis/datasetReport.ts';
import { synthesize } from './synthesis/synthesize.ts';
import { openTokenCounter } from './tokenizers/openTokenCounter.ts';
import { writeEngineFiles } from './training/engines/writeEngineFiles.ts';
import { trainLocally } from './training/trainLocally.ts';
import type { TrainerProgram } from './training/trainerProcess.ts';

/** Judgements are not adapted to what the server bears, as samples are. */
const JUDGED_AT_ONCE = 16;

/**
 * Runs a stage asked for by data, on real ports. The command calls it in its own process, the editor in a worker.
 *
 * @throws SealongError as the stage does, and `no_endpoint` where it needs a server and none is named.
 */
export async function* runNamedStage(
  request: StageRequest,
  environment: StageEnvironment,
  signal: AbortSignal,
): Stage<object> {
  const study = await openStudy(request.study, request.settings);
  if (isJobRequest(request)) {
    yield* jobStage(study, request, clusterPorts(environment), signal);
    return;
  }
  switch (request.verb) {
    case 'synthesize': {
      const { from: path, format, distractors, articles, strict, replace } = request;
      const counter = await openTokenCounter(study, environment);
      yield* synthesize(
        study,
        {
          path,
          ...(format !== undefined ? { format } : {}),
          ...(distractors !== undefined ? { distractors } : {}),
          ...(articles !== undefined ? { articles } : {}),
        },
        { counter, ...countingThreads(environment) },
        { strict: strict ?? false, replace: replace ?? false, signal },
      );
      return;
    }
    case 'import': {
      const { from: path, format, pick, count, supervision, strict, replace } = request;
      const counter = await openTokenCounter(study, environment);
      yield* importDataset(
        study,
        {
          path,
          ...(format !== undefined ? { format } : {}),
          ...(pick !== undefined ? { pick } : {}),
          ...(count !== undefined ? { count } : {}),
          ...(supervision !== undefined ? { supervision } : {}),
        },
        { counter, ...countingThreads(environment), clock: systemClock },
        { strict: strict ?? false, replace: replace ?? false, signal },
      );
      return;
    }
    case 'sample': {
      const { model } = study.config.sampling;
      const memory = memoryOf(environment);
      const endpoint = await withCapabilities(endpointOf(study, environment), model, memory);
      const [client, ...replicas] = clientsOf(endpoint, environment);
      const { maxConcurrency, maxChoices } = endpoint.limits;
      const stage = sample(
        study,
        { client, replicas, clock: systemClock },
        {
          concurrency: maxConcurrency,
          maxChoices,
          retryFailed: request.retryFailed ?? false,
          ...(request.questionIds ? { questionIds: new Set(request.questionIds) } : {}),
          ...(request.tokenLimit === undefined ? {} : { tokenLimit: request.tokenLimit }),
          terms: await estimateTerms(endpoint, model, memory),
          origin: {
            endpoint: {
              ...(endpoint.name === undefined ? {} : { name: endpoint.name }),
              base_url: endpoint.baseUrl,
            },
            settings: [...request.settings],
          },
          signal,
        },
      );
      if (!memory) yield* stage;
      else
        yield* rememberedRun(
          stage,
          { memory, clock: systemClock },
          { baseUrl: endpoint.baseUrl, model },
        );
      return;
    }
    case 'score':
      yield* score(
        study,
        {
          openEmbedder: (of, stop, tell) => openEmbedder(of, environment, stop, tell),
          openChat: (of) => {
            const endpoint = endpointOf(of, environment);
            const [client] = clientsOf(endpoint, environment);
            return {
              client,
              concurrency: Math.min(endpoint.limits.maxConcurrency, JUDGED_AT_ONCE),
            };
          },
          clock: systemClock,
        },
        { signal },
      );
      return;
    case 'pairs':
      if (!request.compare?.length) yield* pairs(study, { signal });
      else {
        const other = await openStudy(request.study, [...request.settings, ...request.compare]);
        yield* comparePolicies(study, other.config.pairs, { signal });
      }
      return;
    case 'export':
      yield* exportPairs(
        study,
        { clock: systemClock },
        { format: request.format, out: request.out, validation: request.validation, signal },
      );
      return;
    case 'train':
      if (request.engine !== undefined) {
        const { engine: name, out } = request;
        yield* writeEngineFiles(study, { clock: systemClock }, { engine: name, out, signal });
        return;
      }
      if (request.cluster !== undefined && request.sweep !== undefined) {
        const { cluster, sweep, plan = false, follow = false } = request;
        const ports = clusterPorts(environment);
        const wanted = { cluster, sweep, plan, follow };
        yield* sweepOnNamedCluster(study, request.settings, wanted, ports, signal);
        return;
      }
      if (request.cluster !== undefined) {
        const { cluster, export: made, plan = false, follow = false, again = false } = request;
        yield* trainOnNamedCluster(
          study,
          { cluster, export: made, plan, follow, again },
          clusterPorts(environment),
          signal,
        );
        return;
      }
      yield* trainLocally(
        study,
        {
          clock: systemClock,
          trainer: trainerOf(environment),
          embeddedFolder: environment.embeddedFolder,
        },
        { again: request.again ?? false, signal },
      );
      return;
    case 'lineage': {
      const found = await lineageOf(study, request.of, signal);
      yield { type: 'done', summary: { stage: 'lineage', ...found, text: lineageText(found) } };
      return;
    }
    case 'report':
      if (request.synthesis === true) yield* reportDataset(study, { signal });
      else yield* report(study, { scorers: request.scorers ?? false, signal });
  }
}

function trainerOf({ trainer }: StageEnvironment): TrainerProgram {
  if (trainer?.python !== undefined) return { folder: trainer.folder, python: trainer.python };
  throw new SealongError(
    'no_trainer',
    "The trainer's Python is not named. Make its environment with trainer/setup.sh and name it with --python PATH, or with the environment variable SEALONG_TRAINER_PYTHON.",
  );
}

function clusterPorts(environment: StageEnvironment) {
  return {
    clock: systemClock,
    access: clustersOf(environment),
    trainerFolder: environment.trainer?.folder ?? '',
    embeddedFolder: environment.embeddedFolder,
  };
}

function clustersOf({ clusters }: StageEnvironment): ClusterAccess {
  return clusters ?? { configured: {}, where: 'the settings' };
}

/** One thread a core, less one for the stage itself. */
function countingThreads({ tokenWorker }: StageEnvironment) {
  if (tokenWorker === undefined) return {};
  return {
    threads: { entry: new URL(tokenWorker), size: Math.max(1, availableParallelism() - 1) },
  };
}

function endpointOf(study: Study, { endpoint }: StageEnvironment): EndpointProfile {
  if (endpoint !== undefined) return endpoint;
  throw new SealongError(
    'no_endpoint',
    `No inference server is named for ${study.config.sampling.model}. Name one with --endpoint URL, or choose one with "SeaLong: Select Endpoint".`,
  );
}

function memoryOf({ endpointCache }: StageEnvironment): EndpointMemory | undefined {
  return endpointCache === undefined ? undefined : new EndpointMemory(endpointCache);
}

/** What the user says of a server counts before what a test found. */
async function withCapabilities(
  endpoint: EndpointProfile,
  model: string,
  memory: EndpointMemory | undefined,
): Promise<EndpointProfile> {
  const found = await memory?.capabilities(endpoint.baseUrl, model);
  return { ...endpoint, capabilities: { ...found, ...endpoint.capabilities } };
}

/** A client for the first server and each of its replicas. */
function clientsOf(
  { baseUrl, replicas = [], limits: { timeoutMs }, capabilities }: EndpointProfile,
  { apiKey }: StageEnvironment,
): [SamplingClient, ...SamplingClient[]] {
  const clientOf = (url: string) => openaiClient({ baseUrl: url, apiKey, timeoutMs, capabilities });
  const others = new Set(replicas.filter((url) => url !== baseUrl));
  return [clientOf(baseUrl), ...[...others].map(clientOf)];
}
