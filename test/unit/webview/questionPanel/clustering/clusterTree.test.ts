import assert from 'node:assert/strict';
import { test } from 'node:test';
import { clusterTree } from '../../../../../webview/questionPanel/clustering/clusterTree.ts';

/** Trajectories 0, 2 and 4 agree, and so do 1 and 3. */
const indices = [0, 1, 2, 3, 4];
const values = Float32Array.from(
  indices.flatMap((i) => indices.map((j) => (i === j ? 1 : i % 2 === j % 2 ? 0.9 : 0.4))),
);

test('answers that agree stand together, and the better-scored ones first', () => {
  const matrix = { indices, values, symmetric: true };
  const { order } = clusterTree(matrix, [0.7, 0.5, 0.7, 0.5, 0.7]);
  assert.deepEqual(
    order.map((index) => index % 2),
    [0, 0, 0, 1, 1],
  );
  const turned = clusterTree({ ...matrix }, [0.3, 0.5, 0.3, 0.5, 0.3]);
  assert.deepEqual(
    turned.order.map((index) => index % 2),
    [1, 1, 0, 0, 0],
  );
});

test('the last bracket joins the two groups at their distance', () => {
  const { brackets } = clusterTree({ indices, values, symmetric: true }, [1, 0, 1, 0, 1]);
  const top = brackets.at(-1);
  assert.equal(brackets.length, 4);
  assert.ok(Math.abs((top?.height ?? 0) - 0.6) < 1e-6);
  assert.ok(Math.abs((top?.fromHeight ?? 0) - 0.1) < 1e-6);
  assert.equal(top?.to, 3.5);
});

test('a utility that is missing counts as no agreement', () => {
  const holed = Float32Array.from(values);
  for (const other of [1, 2, 3, 4]) holed[other] = Number.NaN;
  const { order } = clusterTree({ indices, values: holed, symmetric: false }, [1, 1, 1, 1, 1]);
  assert.ok(order[0] === 0 || order.at(-1) === 0);
});
