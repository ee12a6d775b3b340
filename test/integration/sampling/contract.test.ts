import { readEmbeddedChat } from '../../../src/inference/embeddedFolder.ts';
import type { LanguageModel } from '../../../src/inference/languageModel.ts';
import { loadLlamaModel } from '../../../src/inference/llamaModel.ts';
import { startInferenceServer } from '../../../src/inference/server.ts';
import { samplingContract, type SampledServers } from '../../support/samplingContract.ts';
import { ScriptedModel } from '../../support/scriptedModel.ts';
import {
  startSimulatedServer,
  type SimulatedServerOptions,
} from '../../support/simulatedServer.ts';

async function served(model: LanguageModel): Promise<SampledServers> {
  const server = await startInferenceServer({ model, port: 0 });
  return {
    urls: [`${server.url}/v1`],
    model: model.id,
    contextTokens: model.contextTokens,
    close: async () => {
      await server.close();
      await model.dispose();
    },
  };
}

async function simulatedPair(options: SimulatedServerOptions): Promise<SampledServers> {
  const contextTokens = 4096;
  const pair = await Promise.all(
    [1, 2].map(() => startSimulatedServer({ ...options, contextTokens, decodeMs: 5 })),
  );
  return {
    urls: pair.map(({ url }) => url),
    model: 'scripted',
    contextTokens,
    close: async () => {
      await Promise.all(pair.map((server) => server.close()));
    },
  };
}

samplingContract('a pair of simulated replicas', () => simulatedPair({}));
samplingContract('a pair of simulated replicas that ignore n', () =>
  simulatedPair({ n: 'ignored' }),
);
samplingContract('the embedded server over the scripted model', () =>
  // It keeps one prompt, and a model that takes no time would be done with it before the others of its question come.
  served(new ScriptedModel({ delayMs: 5 })),
);

const folder = process.env['SEALONG_EMBEDDED'];
samplingContract(
  'the embedded server over the embedded model',
  async () => served(await loadLlamaModel(await readEmbeddedChat(folder ?? ''))),
  folder === undefined && 'SEALONG_EMBEDDED names no folder of embedded models',
);
