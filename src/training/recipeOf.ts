import { basename, dirname } from 'node:path';
import type { Study } from '../study/study.ts';
import type { RecipeInput } from './recipe.ts';

/** Where a recipe's data lies: absolute, or relative to the recipe. */
export interface RecipeData {
  pairs: string;
  manifest: string;
}

/** The model that a study trains: the one it sampled, unless it names another. */
export function trainedModel({ config }: Study): string {
  return config.training.model ?? config.sampling.model;
}

/** The recipe of a study: its training parameters, on these pairs. */
export function recipeOf(study: Study, data: RecipeData): RecipeInput {
  const parameters = { ...study.config.training };
  delete parameters.model;
  return {
    schema: 1,
    name: nameOf(`${study.name}-${parameters.method}`),
    data: { pairs: data.pairs, manifest: data.manifest },
    ...parameters,
    model: { base: trainedModel(study) },
  };
}

/**
 * The same for the embedded model on a CPU: its weights come from a GGUF and are trained in full precision, by one
 * process, since there is neither a quantised kernel nor a second GPU.
 */
export function embeddedRecipe(recipe: RecipeInput, modelFile: string): RecipeInput {
  return {
    ...recipe,
    model: { base: dirname(modelFile), gguf: basename(modelFile) },
    lora: { ...recipe.lora, quantization: 'none' },
    dtype: 'float32',
    sequence_parallel: 1,
    gpus: 1,
  };
}

function nameOf(text: string): string {
  return (
    text
      .replace(/[^A-Za-z0-9_.-]+/g, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 100) || 'adapter'
  );
}
