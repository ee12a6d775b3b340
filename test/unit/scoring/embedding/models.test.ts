import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownModel, taskOf } from '../../../../src/scoring/embedding/models.ts';

test('a model is known by the last part of its hub id, its folder or its name on a server', () => {
  assert.equal(knownModel('sentence-transformers/all-MiniLM-L6-v2')?.maxTokens, 256);
  assert.equal(knownModel('/models/jina-embeddings-v3/')?.output, 'text_embeds');
  assert.equal(knownModel('C:\\models\\BGE-Large-en-v1.5')?.pooling, 'cls');
  assert.equal(knownModel('mixedbread-ai/mxbai-embed-large-v1')?.pooling, 'cls');
  assert.equal(knownModel('intfloat/multilingual-e5-large')?.prefix, 'query: ');
  assert.equal(knownModel('intfloat/e5-small-v2')?.prefix, 'query: ');
  assert.equal(knownModel('owner/fine-tuned-e5-small-v2-legal'), undefined);
  assert.equal(knownModel(''), undefined);
});

test("the paper's task is adapter 4 of jina-embeddings-v3", () => {
  const jina = knownModel('jinaai/jina-embeddings-v3');
  assert.deepEqual(taskOf(jina, 'text-matching'), { id: 4, prefix: '' });
  assert.throws(() => taskOf(jina, 'toString'), { code: 'unknown_task' });
});

test('a task means nothing to a model without tasks', () => {
  assert.equal(taskOf(knownModel('all-MiniLM-L6-v2'), 'text-matching'), undefined);
  assert.equal(taskOf(undefined, 'text-matching'), undefined);
});
