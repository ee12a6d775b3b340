import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Embedder } from '../../../src/scoring/embedding/embedder.ts';
import { mbrEmbeddingScorer } from '../../../src/scoring/mbrEmbedding.ts';
import { randomScorer } from '../../../src/scoring/randomScorer.ts';

const { signal } = new AbortController();
/** A direction for each length of text, the empty one included. */
const embedder: Embedder = {
  id: 'lengths',
  maxTokens: null,
  async *embed(texts) {
    for (const [position, text] of texts.entries())
      yield await Promise.resolve({
        position,
        vector: Float32Array.of(Math.cos(text.length), Math.sin(text.length)),
        tokens: text.length,
        truncated: null,
      });
  },
  close: () => Promise.resolve(),
};
const scored = (texts: string[]) =>
  mbrEmbeddingScorer(embedder).score({ questionId: 'a', texts }, signal);

test('a single text and texts that are all equal have 1 up to rounding, and equal scores', async () => {
  const near = (value: number | undefined) => Math.abs((value ?? NaN) - 1) < 1e-6;
  assert.ok((await scored(['one'])).scores.every(near));
  const { scores, matrix } = await scored(['one', 'one', 'one']);
  assert.ok(scores.every(near));
  assert.equal(new Set(scores).size, 1);
  assert.ok([...(matrix ?? [])].every(near));
});

test('an empty text is a text like others, and equal texts have equal scores', async () => {
  const { scores } = await scored(['', 'xx', '', 'x']);
  assert.ok(scores.every(Number.isFinite));
  assert.equal(scores[0], scores[2]);
});

test('candidates that are equally good have the same score to the last bit, also where vectors are rounded', async () => {
  const lengths = Array.from({ length: 40 }, (_, length) => 'x'.repeat(length + 1));
  for (const text of lengths) {
    const { scores } = await scored([text, `${text}xx`]);
    assert.equal(scores[0], scores[1], `${text.length}`);
  }
  const { scores } = await scored(['xxx', 'x', 'xxx', 'xxxxx', 'x', 'xxx']);
  assert.equal(new Set([scores[0], scores[2], scores[5]]).size, 1);
});

test('random scores depend on seed and question alone', async () => {
  const of = async (seed: number, questionId: string, texts = ['x', 'x', '']) =>
    (await randomScorer(seed).score({ questionId, texts }, signal)).scores;
  assert.deepEqual(await of(42, 'a'), await of(42, 'a', ['p', 'q', 'r']));
  assert.deepEqual((await of(42, 'a')).slice(0, 1), await of(42, 'a', ['x']));
  assert.notDeepEqual(await of(42, 'a'), await of(43, 'a'));
  assert.notDeepEqual(await of(42, 'a'), await of(42, 'b'));
  assert.ok((await of(42, 'a')).every((value) => value >= 0 && value < 1));
});
