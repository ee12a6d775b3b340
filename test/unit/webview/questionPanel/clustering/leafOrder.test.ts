import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  averageLinkage,
  type Merge,
} from '../../../../../webview/questionPanel/clustering/averageLinkage.ts';
import {
  leafOrder,
  MOST_EXACT_LEAVES,
} from '../../../../../webview/questionPanel/clustering/leafOrder.ts';

/** Symmetric distances of n leaves; whole numbers of a few values only, so that ties are frequent. */
function distances(most: number, values: number): fc.Arbitrary<{ n: number; d: Float64Array }> {
  return fc
    .integer({ min: 1, max: most })
    .chain((n) =>
      fc
        .array(fc.integer({ min: 1, max: values }), { minLength: n * n, maxLength: n * n })
        .map((drawn) => ({ n, d: symmetric(n, (i, j) => drawn[i * n + j] ?? 0) })),
    );
}

function symmetric(n: number, of: (i: number, j: number) => number): Float64Array {
  const d = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      d[i * n + j] = of(i, j);
      d[j * n + i] = of(i, j);
    }
  return d;
}

const length = (order: readonly number[], d: Float64Array, n: number): number =>
  order.slice(1).reduce((sum, leaf, at) => sum + (d[(order[at] ?? 0) * n + leaf] ?? 0), 0);

/** Every order that a tree allows. */
function allOrders(merges: readonly Merge[], n: number, cluster: number): number[][] {
  const merge = merges[cluster - n];
  if (merge === undefined) return [[cluster]];
  const left = allOrders(merges, n, merge.left);
  const right = allOrders(merges, n, merge.right);
  return left.flatMap((a) => right.flatMap((b) => [a.concat(b), b.concat(a)]));
}

/** Merges by hand: the two clusters with the least mean distance of their leaves, over and over. */
function naiveHeights(d: Float64Array, n: number): number[] {
  const clusters = Array.from({ length: n }, (_, leaf) => [leaf]);
  const heights: number[] = [];
  while (clusters.length > 1) {
    let best = { i: 0, j: 1, mean: Infinity };
    clusters.forEach((a, i) => {
      clusters.slice(0, i).forEach((b, j) => {
        let sum = 0;
        for (const x of a) for (const y of b) sum += d[x * n + y] ?? 0;
        const mean = sum / (a.length * b.length);
        if (mean < best.mean) best = { i, j, mean };
      });
    });
    const [gone = []] = clusters.splice(best.i, 1);
    clusters[best.j]?.push(...gone);
    heights.push(best.mean);
  }
  return heights;
}

test('average linkage merges at the heights that merging by hand finds', () => {
  fc.assert(
    fc.property(distances(9, 1_000_000), ({ n, d: drawn }) => {
      // Without ties, which may be merged in several ways.
      const d = symmetric(n, (i, j) => (drawn[i * n + j] ?? 0) + Math.abs(Math.sin(i * n + j)));
      const heights = averageLinkage(d, n).map(({ height }) => height);
      const expected = naiveHeights(d, n);
      assert.equal(heights.length, expected.length);
      heights.forEach((height, k) => {
        assert.ok(Math.abs(height - (expected[k] ?? 0)) < 1e-6);
      });
    }),
  );
});

test('no order that the tree allows is shorter than the one found, ties or not', () => {
  fc.assert(
    fc.property(fc.oneof(distances(8, 3), distances(8, 1_000_000)), ({ n, d }) => {
      const merges = averageLinkage(d, n);
      const order = leafOrder(merges, d, n);
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        [...Array(n).keys()],
      );
      const orders = allOrders(merges, n, n === 1 ? 0 : n + merges.length - 1);
      const allowed = new Set(orders.map((one) => one.join()));
      assert.ok(allowed.has(order.join()), 'the order is one of the tree');
      const least = Math.min(...orders.map((one) => length(one, d, n)));
      assert.ok(length(order, d, n) <= least + 1e-6);
    }),
  );
});

test('more leaves than the exact order takes still come in an order of their tree', () => {
  const n = MOST_EXACT_LEAVES + 30;
  const block = (leaf: number): number => leaf % 3;
  const d = symmetric(n, (i, j) => (block(i) === block(j) ? 0.1 : 0.9) + ((i * 7 + j) % 5) / 1000);
  const order = leafOrder(averageLinkage(d, n), d, n);
  const changes = order.slice(1).filter((leaf, at) => block(leaf) !== block(order[at] ?? 0));
  assert.equal(new Set(order).size, n);
  assert.equal(changes.length, 2);
});
