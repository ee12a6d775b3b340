import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { fileError, messageOf, SealongError } from '../errors.ts';
import type { LlamaModelOptions } from './llamaModel.ts';

const modelSchema = z.object({ id: z.string().min(1), context_tokens: z.int().min(1) });

/**
 * Reads what the set-up put into the folder of the embedded models: `chat/model.gguf`, `chat/model.json` and
 * `runtime/node_modules/node-llama-cpp`.
 *
 * @throws SealongError `embedded_missing`, `embedded_damaged`.
 */
export async function readEmbeddedChat(embeddedFolder: string): Promise<LlamaModelOptions> {
  const description = join(embeddedFolder, 'chat', 'model.json');
  const modelFile = join(embeddedFolder, 'chat', 'model.gguf');
  const runtimeFolder = join(embeddedFolder, 'runtime');
  for (const path of [
    description,
    modelFile,
    join(runtimeFolder, 'node_modules', 'node-llama-cpp'),
  ]) {
    if (!(await exists(path))) {
      throw new SealongError(
        'embedded_missing',
        `The embedded model is not set up: ${path} does not exist. Run the set-up (npm start) to get it.`,
      );
    }
  }
  const text = await readFile(description, 'utf8').catch((error: unknown) => {
    throw fileError('read', description, error);
  });
  try {
    const { id, context_tokens: contextTokens } = modelSchema.parse(JSON.parse(text));
    return { runtimeFolder, modelFile, id, contextTokens };
  } catch (cause) {
    throw new SealongError(
      'embedded_damaged',
      `${description} does not describe a model (${messageOf(cause)}). Delete the folder and run the set-up again (npm start).`,
      { cause },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
