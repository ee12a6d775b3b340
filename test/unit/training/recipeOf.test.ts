import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studyConfigSchema } from '../../../src/study/config.ts';
import { studyPaths } from '../../../src/study/study.ts';
import { checkRecipe } from '../../../src/training/checkRecipe.ts';
import { embeddedRecipe, recipeOf } from '../../../src/training/recipeOf.ts';

function study(training: object) {
  const config = studyConfigSchema.parse({ training });
  return {
    dir: '/studies/isle',
    name: 'Isle of Ondrey',
    config,
    paths: studyPaths('/studies/isle'),
  };
}
const data = { pairs: 'pairs.jsonl', manifest: 'manifest.json' };

test("a study's recipe is the paper's, on the model that was sampled", () => {
  const recipe = checkRecipe(recipeOf(study({}), data));
  assert.equal(recipe.name, 'Isle-of-Ondrey-orpo');
  assert.deepEqual(recipe.model, { base: 'meta-llama/Llama-3.1-8B-Instruct' });
  assert.deepEqual(recipe.lora, {
    r: 128,
    alpha: 128,
    dropout: 0.05,
    targets: 'all_linear',
    quantization: 'nf4',
  });
  assert.equal(recipe.sequence_parallel, 8);
});

test('a study can train another model, and name what the paper does not', () => {
  const recipe = checkRecipe(
    recipeOf(study({ model: 'org/other', max_steps: 3, merge: true }), data),
  );
  assert.equal(recipe.model.base, 'org/other');
  assert.equal(recipe.max_steps, 3);
  assert.equal(recipe.merge, true);
});

test('the embedded model is trained in full precision by one process', () => {
  const recipe = checkRecipe(embeddedRecipe(recipeOf(study({}), data), '/models/chat/model.gguf'));
  assert.deepEqual(recipe.model, { base: '/models/chat', gguf: 'model.gguf' });
  assert.equal(recipe.lora.quantization, 'none');
  assert.equal(recipe.dtype, 'float32');
  assert.deepEqual([recipe.sequence_parallel, recipe.gpus], [1, 1]);
});

test('parameters that do not go together are refused with the field and where to change it', () => {
  assert.throws(
    () => checkRecipe(recipeOf(study({ gpus: 12 }), data)),
    /gpus: 12 cannot be shared out.*--set training/,
  );
});
