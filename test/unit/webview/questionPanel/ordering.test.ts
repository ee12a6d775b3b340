import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ROW_ORDERS, type RowOrder } from '../../../../src/protocol/panel.ts';
import { nextOrder, orderTrajectories } from '../../../../webview/questionPanel/ordering.ts';
import { questionOfFour, sample } from './samples.ts';

test('rows by score put the best first, ties by index, and the unscored last', () => {
  const trajectories = [sample(3, null), sample(2, 0.5), sample(0, 0.5), sample(1, 0.9)];
  const order = (by: RowOrder) => orderTrajectories({ trajectories, matrix: null }, by).indices;
  assert.deepEqual(order('score'), [1, 0, 2, 3]);
  assert.deepEqual(order('sample'), [0, 1, 2, 3]);
});

test('rows by cluster put those together that agree, and those without utilities last', () => {
  const apart = (i: number, j: number) => (i === j ? 1 : i % 2 === j % 2 ? 0.9 : 0.2);
  const values = Float32Array.from({ length: 16 }, (_, k) => apart(Math.floor(k / 4), k % 4));
  const matrix = { indices: [0, 1, 2, 3], values, symmetric: true };
  const trajectories = [0.5, 0.6, 0.5, 0.6].map((score, index) => sample(index, score));
  const question = { trajectories: [...trajectories, sample(9, null)], matrix };
  const { indices, tree } = orderTrajectories(question, 'cluster');
  assert.deepEqual(
    indices.map((index) => index % 2),
    [1, 1, 0, 0, 1],
  );
  assert.equal(indices.at(-1), 9);
  assert.equal(tree?.brackets.length, 3);
  assert.equal(orderTrajectories(question, 'score').tree, null);
});

test('without utilities the order by cluster is that by score', () => {
  const question = { ...questionOfFour(), matrix: null };
  assert.deepEqual(orderTrajectories(question, 'cluster'), orderTrajectories(question, 'score'));
});

test('every order holds every sample once, whatever order they came in', () => {
  const scores = fc.array(fc.option(fc.double({ min: -1, max: 1, noNaN: true })));
  fc.assert(
    fc.property(scores, fc.constantFrom(...ROW_ORDERS), (values, order) => {
      const trajectories = values.map((score, index) => sample(index, score));
      const rows = orderTrajectories({ trajectories, matrix: null }, order).indices;
      const reversed = { trajectories: [...trajectories].reverse(), matrix: null };
      assert.deepEqual(orderTrajectories(reversed, order).indices, rows);
      assert.deepEqual(
        [...rows].sort((a, b) => a - b),
        values.map((_, index) => index),
      );
    }),
  );
});

test('the orders come one after another', () => {
  assert.deepEqual(ROW_ORDERS.map(nextOrder), ['sample', 'cluster', 'score']);
});
