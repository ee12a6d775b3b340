import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  averageRanks,
  kendallTau,
  rankCorrelation,
} from '../../../src/evaluation/rankCorrelation.ts';

test('equal values share the mean of their ranks', () => {
  assert.deepEqual(averageRanks([3, 1, 3, 2, 3]), [4, 1, 4, 2, 4]);
  assert.deepEqual(averageRanks([]), []);
});

test('same order is 1, opposite order is -1, a constant has no correlation', () => {
  assert.equal(rankCorrelation([1, 2, 30], [0.1, 0.2, 0.21]), 1);
  assert.equal(rankCorrelation([1, 2, 3], [3, 2, 1]), -1);
  assert.equal(rankCorrelation([1, 1], [1, 2]), undefined);
  assert.equal(rankCorrelation([1], [2]), undefined);
});

test('a hand-computed value with a tie', () => {
  // Ranks 1, 2.5, 2.5, 4 and 2, 1, 3, 4: sum of products 3, of squares 4.5 and 5.
  const value = rankCorrelation([1, 2, 2, 3], [2, 1, 3, 4]);
  assert.ok(value !== undefined && Math.abs(value - 3 / Math.sqrt(4.5 * 5)) < 1e-12);
});

test('Kendall: same order is 1, opposite order is -1, a constant has none', () => {
  assert.equal(kendallTau([1, 2, 30], [0.1, 0.2, 0.21]), 1);
  assert.equal(kendallTau([1, 2, 3], [3, 2, 1]), -1);
  assert.equal(kendallTau([1, 1], [1, 2]), undefined);
  assert.equal(kendallTau([1], [2]), undefined);
});

test('Kendall with ties is tau-b, as scipy.stats.kendalltau gives it', () => {
  const value = kendallTau([12, 2, 1, 12, 2], [1, 4, 7, 1, 0]);
  assert.ok(value !== undefined && Math.abs(value - -0.47140452079103173) < 1e-12);
});
