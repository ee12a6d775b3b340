import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utilitiesInOrder, utilityAt } from '../../../../webview/questionPanel/utilities.ts';

const matrix = {
  indices: [0, 2],
  values: Float32Array.from([1, 0.25, 0.75, 1]),
  symmetric: false,
};

test('utilities follow the order of the rows and keep candidate and reference apart', () => {
  const utilities = utilitiesInOrder(matrix, [2, 0]);
  assert.equal(utilityAt(utilities, 0, 1), 0.75);
  assert.equal(utilityAt(utilities, 1, 0), 0.25);
});

test('the diagonal and samples that were not scored have no utility', () => {
  const utilities = utilitiesInOrder(matrix, [0, 1, 2]);
  assert.equal(utilityAt(utilities, 0, 0), null);
  assert.equal(utilityAt(utilities, 0, 1), null);
  assert.equal(utilityAt(utilities, 0, 2), 0.25);
});

test('the range is that of the whole matrix, whatever part is shown', () => {
  const { low, high } = utilitiesInOrder(matrix, [0], [0]);
  assert.deepEqual([low, high], [0.25, 0.75]);
});

test('one sample has an empty range', () => {
  const one = { indices: [0], values: Float32Array.from([1]), symmetric: true };
  const { low, high } = utilitiesInOrder(one, [0]);
  assert.deepEqual([low, high], [0, 0]);
});
