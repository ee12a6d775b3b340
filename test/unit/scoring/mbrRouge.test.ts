import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mbrRougeScorer } from '../../../src/scoring/mbrRouge.ts';

const { signal } = new AbortController();
const scorer = mbrRougeScorer({ rouge: 'rougeL', rouge_stemming: false });

test('the score is the mean over all references, the candidate included', async () => {
  const texts = ['the old mill', 'the mill', 'no'];
  const { scores, matrix, truncated } = await scorer.score({ questionId: 'a', texts }, signal);
  const u = (2 * 1 * (2 / 3)) / (1 + 2 / 3);
  assert.deepEqual(scores, [(1 + u + 0) / 3, (u + 1 + 0) / 3, 1 / 3]);
  assert.deepEqual(matrix, Float32Array.of(1, u, 0, u, 1, 0, 0, 0, 1));
  assert.deepEqual(truncated, []);
});

test('equal texts have equal scores to the last bit', async () => {
  const texts = ['a b c', 'c b a', 'a b c', 'b', 'a b c'];
  const { scores } = await scorer.score({ questionId: 'a', texts }, signal);
  assert.equal(scores[0], scores[2]);
  assert.equal(scores[0], scores[4]);
});

test('a single text and texts that are all equal have 1', async () => {
  const single = await scorer.score({ questionId: 'a', texts: ['one'] }, signal);
  assert.deepEqual([...single.scores, ...(single.matrix ?? [])], [1, 1]);
  const equal = await scorer.score({ questionId: 'a', texts: ['one', 'one', 'one'] }, signal);
  assert.deepEqual(equal.scores, [1, 1, 1]);
});

test('a text without words has 0, as in rouge_score, also with itself', async () => {
  const { scores, matrix } = await scorer.score(
    { questionId: 'a', texts: ['', '...', 'x'] },
    signal,
  );
  assert.deepEqual(scores, [0, 0, 1 / 3]);
  assert.deepEqual(matrix, Float32Array.of(0, 0, 0, 0, 0, 0, 0, 0, 1));
});
