import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { histogram } from '../../../src/review/histogram.ts';

test('bins have round borders, and the highest value is in the last one', () => {
  const { edges, counts } = histogram([[0, 0.1, 0.25, 0.4]], 4);
  assert.deepEqual(edges, [0, 0.1, 0.2, 0.3, 0.4]);
  assert.deepEqual(counts, [[1, 1, 1, 1]]);
});

test('every value is counted once in a bin that holds it, whatever the values are', () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { maxLength: 60 });
  fc.assert(
    fc.property(values, values, (a, b) => {
      const { edges, counts } = histogram([a, b]);
      const sum = (list: number[] | undefined) => list?.reduce((total, n) => total + n, 0);
      assert.equal(sum(counts[0]), a.length);
      assert.equal(sum(counts[1]), b.length);
      assert.equal(edges.length, (counts[0]?.length ?? 0) + 1);
      assert.ok(edges.length <= 27);
      const slack = 1e-6 * Math.max(1, ...a.map(Math.abs), ...b.map(Math.abs));
      for (const value of [...a, ...b]) {
        assert.ok(value >= (edges[0] ?? NaN) - slack);
        assert.ok(value <= (edges.at(-1) ?? NaN) + slack);
      }
    }),
    { seed: 7 },
  );
});

test('nothing at all is one empty bin', () => {
  assert.deepEqual(histogram([[], []]), { edges: [0, 1], counts: [[0], [0]] });
});

test('equal values lie in one bin of their own size, and shares never beyond 1', () => {
  assert.deepEqual(histogram([[0.05, 0.05]]), { edges: [0.04, 0.06], counts: [[2]] });
  assert.deepEqual(histogram([[35]]).edges, [30, 40]);
  assert.deepEqual(histogram([[1, 1]]).edges, [0.5, 1]);
  assert.deepEqual(histogram([[0]]).edges, [0, 1]);
  assert.deepEqual(histogram([[-6]]).edges, [-6, -4]);
  assert.equal(histogram([[0.8333333, 0.83333331]]).counts[0]?.length, 1, 'but for rounding');
});
