import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { SealongError } from '../../../src/errors.ts';
import { parseSetting } from '../../../src/study/loadConfig.ts';
import { initStudy, openStudy } from '../../../src/study/study.ts';
import { withFolder } from '../../support/temporary.ts';

const rejectsWith = (promise: Promise<unknown>, code: string, text: RegExp) =>
  assert.rejects(promise, (error: unknown) => {
    assert.ok(error instanceof SealongError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, text);
    return true;
  });

test('a new study holds the values of the paper', async () => {
  await withFolder(async (folder) => {
    await initStudy(join(folder, 'study'));
    const { config } = await openStudy(join(folder, 'study'));
    assert.deepEqual(config.questions, {
      seed: 42,
      min_context_tokens: 4096,
      max_context_tokens: 31744,
      count: 2048,
    });
    const { strategy, n, temperature, max_tokens } = config.sampling;
    assert.deepEqual([strategy, n, temperature, max_tokens], ['plan_and_solve', 32, 0.7, 1024]);
    assert.equal(config.scoring.scorer, 'mbr_embedding');
    assert.equal(config.scoring.embedding.model, 'jinaai/jina-embeddings-v3');
    assert.equal(config.scoring.embedding.task, 'text-matching');
    assert.deepEqual(config.pairs, { rejected: 'random_lower_half', seed: 42 });
    assert.deepEqual(config.training, {
      method: 'orpo',
      beta: 0.1,
      lora: { r: 128, alpha: 128, dropout: 0.05, quantization: 'nf4' },
      epochs: 1,
      batch_size: 8,
      learning_rate: 5e-5,
      max_length: 32768,
      sequence_parallel: 8,
    });
    await rejectsWith(initStudy(join(folder, 'study')), 'exists', /left as it is/);
  });
});

test('settings of a run lie over the file', async () => {
  await withFolder(async (folder) => {
    await initStudy(folder, [parseSetting('sampling.n=8')]);
    const settings = ['sampling.n=16', 'sampling.strategy=step_by_step'].map(parseSetting);
    const { config } = await openStudy(folder, settings);
    assert.equal(config.sampling.n, 16);
    assert.equal(config.sampling.strategy, 'step_by_step');
    assert.equal((await openStudy(folder)).config.sampling.n, 8);
  });
});

test('an unknown field is named with the nearest known one; all faults come at once', async () => {
  await withFolder(async (folder) => {
    const text = '{"sampling":{"temprature":1,"n":"8"},"sead":3,"__proto__":{"n":1}}';
    await writeFile(join(folder, 'sealong.json'), text);
    await rejectsWith(openStudy(folder), 'bad_config', /sampling\.temprature.*"temperature"/);
    await rejectsWith(openStudy(folder), 'bad_config', /sampling\.n/);
    await rejectsWith(openStudy(folder), 'bad_config', /sead/);
  });
});

test('broken JSON, no study and an empty range each get a message of their own', async () => {
  await withFolder(async (folder) => {
    await rejectsWith(openStudy(folder), 'no_study', /sealong init/);
    await writeFile(join(folder, 'sealong.json'), '{"n":');
    await rejectsWith(openStudy(folder), 'bad_config', /not valid JSON/);
    await writeFile(join(folder, 'sealong.json'), '{"questions":{"min_context_tokens":99999}}');
    await rejectsWith(openStudy(folder), 'bad_config', /larger than/);
  });
});
