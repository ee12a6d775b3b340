import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderRows } from '../../../../webview/questionPanel/ordering.ts';
import { sample } from './samples.ts';

test('rows by score put the best first, ties by index, and the unscored last', () => {
  const trajectories = [sample(3, null), sample(2, 0.5), sample(0, 0.5), sample(1, 0.9)];
  assert.deepEqual(orderRows(trajectories, 'score'), [1, 0, 2, 3]);
  assert.deepEqual(orderRows(trajectories, 'sample'), [0, 1, 2, 3]);
});

test('both orders hold every sample once, whatever order they came in', () => {
  const scores = fc.array(fc.option(fc.double({ min: -1, max: 1, noNaN: true })));
  fc.assert(
    fc.property(scores, fc.constantFrom('score', 'sample'), (values, order) => {
      const trajectories = values.map((score, index) => sample(index, score));
      const rows = orderRows(trajectories, order);
      assert.deepEqual(orderRows([...trajectories].reverse(), order), rows);
      assert.deepEqual(
        [...rows].sort((a, b) => a - b),
        values.map((_, index) => index),
      );
    }),
  );
});
