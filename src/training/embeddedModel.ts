import { SealongError } from '../errors.ts';
import { readEmbeddedChat } from '../inference/embeddedFolder.ts';
import type { Study } from '../study/study.ts';
import { trainedModel } from './recipeOf.ts';

/**
 * The weights of the embedded model where the study trains that, by the word `embedded` or by its id.
 *
 * @throws SealongError `embedded_missing`.
 */
export async function embeddedModelFile(
  study: Study,
  embeddedFolder: string | undefined,
): Promise<string | undefined> {
  const model = trainedModel(study);
  const embedded =
    embeddedFolder === undefined ? undefined : await readEmbeddedChat(embeddedFolder);
  if (model !== 'embedded' && model !== embedded?.id) return undefined;
  if (embedded) return embedded.modelFile;
  throw new SealongError(
    'embedded_missing',
    'The embedded model is not set up here. Run "npm start" in a checkout of SeaLong, or name another model with training.model.',
  );
}
