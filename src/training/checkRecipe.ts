import { SealongError } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';
import { recipeSchema, type Recipe } from './recipe.ts';

/**
 * The recipe with its defaults written out.
 *
 * @throws SealongError `bad_recipe`, naming each wrong field; the trainer would refuse the same.
 */
export function checkRecipe(recipe: unknown): Recipe {
  const result = recipeSchema.safeParse(recipe);
  if (result.success) return result.data;
  throw new SealongError(
    'bad_recipe',
    `The training parameters do not go together: ${issuesText(result.error.issues)}. Change them in sealong.json under "training", or with --set training.NAME=VALUE.`,
  );
}
