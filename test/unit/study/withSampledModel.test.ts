import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSampledModel } from '../../../src/study/withSampledModel.ts';

test('a study that samples an adapter still trains and counts with the model below it', () => {
  const text = '{"name": "Harrow", "sampling": {"model": "org/model", "n": 8}}';
  assert.deepEqual(JSON.parse(withSampledModel(text, 'org/model', 'my-adapter')), {
    name: 'Harrow',
    questions: { tokenizer: 'org/model' },
    sampling: { model: 'my-adapter', n: 8 },
    training: { model: 'org/model' },
  });
});

test('what a study says of its own about training and counting stays', () => {
  const text = '{"questions": {"tokenizer": "endpoint"}, "training": {"model": "org/other"}}';
  const changed = JSON.parse(withSampledModel(text, 'org/model', 'my-adapter')) as object;
  assert.deepEqual(changed, {
    questions: { tokenizer: 'endpoint' },
    training: { model: 'org/other' },
    sampling: { model: 'my-adapter' },
  });
});
