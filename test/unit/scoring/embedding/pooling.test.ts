import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalise, pool } from '../../../../src/scoring/embedding/pooling.ts';

const tokens = Float32Array.of(3, 4, 9, 0, 0, 8);

test('mean pooling takes the mean of all tokens', () => {
  assert.deepEqual([...pool(tokens, 2, 'mean')], [...Float32Array.of(Math.SQRT1_2, Math.SQRT1_2)]);
});

test('cls pooling takes the first token', () => {
  assert.deepEqual([...pool(tokens, 2, 'cls')], [...Float32Array.of(0.6, 0.8)]);
});

test('a vector without a direction is an error, never a number', () => {
  for (const bad of [[0, 0], [NaN, 1], [Infinity, 1], []])
    assert.throws(() => normalise(Float32Array.from(bad)), { code: 'bad_embedding' });
});

test('very long and very short vectors keep their direction', () => {
  for (const scale of [1e-30, 1e30]) {
    const [x, y] = normalise(Float32Array.of(3 * scale, 4 * scale));
    assert.ok(Math.abs((x ?? 0) - 0.6) < 1e-6 && Math.abs((y ?? 0) - 0.8) < 1e-6);
  }
});
