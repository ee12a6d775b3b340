import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { ENGINES } from '../../../src/training/engines/engines.ts';
import { recipeSchema } from '../../../src/training/recipe.ts';
import { exportFormat } from '../../../src/preference/formats/formats.ts';

const orpo = recipeSchema.parse({
  model: { base: 'meta-llama/Llama-3.1-8B-Instruct' },
  data: { pairs: 'pairs.jsonl' },
});
const sft = recipeSchema.parse({ ...orpo, method: 'sft' });

for (const engine of ENGINES) {
  test(`${engine.name} gets the recipe's values, and says what it cannot do of the paper's setting`, () => {
    const text = Object.values(engine.files(orpo, 'pairs.jsonl')).join('\n');
    for (const value of ['meta-llama/Llama-3.1-8B-Instruct', 'pairs', '128', '32768', '0.00005'])
      assert.ok(text.includes(value), `${value} is not in ${text}`);
    const cannot = engine.cannot(orpo);
    assert.ok(cannot.length > 0);
    for (const line of cannot) assert.ok(text.includes(line), line);
    // None of them shares a sequence for ORPO as the paper does; xtuner does, with another NLL.
    assert.ok(cannot.some((line) => line.includes('sequence')));
  });

  test(`${engine.name} reads an export format that there is, for both methods`, () => {
    assert.equal(exportFormat(engine.format('orpo')).takes, 'pairs');
    assert.equal(exportFormat(engine.format('sft')).takes, 'answers');
    assert.notDeepEqual(engine.files(sft, 'sft.jsonl'), engine.files(orpo, 'sft.jsonl'));
  });

  test(`a model's name cannot end the configuration of ${engine.name} early`, () => {
    const base = `folder/"; import os #'$(touch x)\n- b`;
    const recipe = { ...orpo, model: { base } };
    const text = Object.values(engine.files(recipe, 'pairs.jsonl')).join('\n');
    assert.ok(text.includes(JSON.stringify(base)) || text.includes(`'\\''$(touch x)`), text);
  });
}

test('the batch is the same however many sequences a GPU takes at once', () => {
  const llamaFactory = ENGINES.find(({ name }) => name === 'llamafactory');
  const recipe = recipeSchema.parse({
    ...orpo,
    gpus: 2,
    sequence_parallel: 2,
    batch_size: 16,
    micro_batch_size: 2,
  });
  const text = llamaFactory?.files(recipe, 'pairs.jsonl')['llamafactory.yaml'] ?? '';
  // 2 GPUs of whole sequences, 2 pairs each: 4 passes make 16.
  assert.match(text, /^gradient_accumulation_steps: 4$/m);
});

test('the trainer that is packaged is the one that the recipe names', async () => {
  const folder = new URL('../../../trainer/', import.meta.url).pathname;
  const files = await readdir(join(folder, 'sealong_trainer'));
  assert.ok(files.includes('__main__.py'));
  // What goes into the package of the extension holds no environment and no address.
  const locks = await readFile(join(folder, 'requirements.txt'), 'utf8');
  assert.doesNotMatch(locks, /https?:|--index-url|--find-links/);
  assert.match(locks, /--hash=sha256:/);
});
