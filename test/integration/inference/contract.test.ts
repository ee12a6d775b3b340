import { readEmbeddedChat } from '../../../src/inference/embeddedFolder.ts';
import { loadLlamaModel } from '../../../src/inference/llamaModel.ts';
import { languageModelContract } from '../../support/languageModelContract.ts';
import { ScriptedModel } from '../../support/scriptedModel.ts';

languageModelContract('the scripted model', () => Promise.resolve(new ScriptedModel()));

const folder = process.env['SEALONG_EMBEDDED'];
languageModelContract(
  'the embedded model',
  async () => loadLlamaModel(await readEmbeddedChat(folder ?? '')),
  folder === undefined && 'SEALONG_EMBEDDED names no folder of embedded models',
);
