import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  BestOfN,
  ORACLE,
  quantile,
  sampleSizes,
  winnersOf,
} from '../../../src/evaluation/bestOfN.ts';
import { rowMeans } from '../../../src/scoring/mbr.ts';

test('sizes double up to N, and end with it', () => {
  assert.deepEqual(sampleSizes(1), [1]);
  assert.deepEqual(sampleSizes(6), [1, 2, 4, 6]);
  assert.deepEqual(sampleSizes(8), [1, 2, 4, 8]);
});

test('percentiles lie between the nearest values', () => {
  assert.equal(quantile([0, 10], 0.05), 0.5);
  assert.equal(quantile([7], 0.95), 7);
});

test('the winner among n is that of the utilities between these n alone', () => {
  // Over all, row 0 has the highest mean (2.1 / 3); between 1 and 2 alone, row 2 has (1.4 against 1.2).
  const matrix = Float32Array.of(1, 0.6, 0.5, 0.1, 1, 0.2, 0.1, 0.4, 1);
  const scores = [0.7, 1.3 / 3, 0.5];
  const of = { positions: [0, 1, 2], scores, matrix };
  assert.deepEqual(winnersOf([2, 1, 0], of, [0, 1, 2], [1, 2, 3]), [2, 2, 0]);
});

test('a tie goes to the lowest position, a sample without a score is passed over', () => {
  const equal = { positions: [0, 1, 2], scores: [1, 1, 1], matrix: undefined };
  assert.deepEqual(winnersOf([2, 1, 0], equal, [0, 1, 2], [1, 2, 3]), [2, 1, 0]);
  const some = { positions: [2], scores: [0], matrix: undefined };
  assert.deepEqual(winnersOf([1, 0, 2], some, [undefined, undefined, 0], [1, 2, 3]), [1, 0, 2]);
});

test('judgements that could not be read are left out of the means', () => {
  // Row 0 is judged by nothing but itself among {0, 1}.
  const matrix = Float32Array.of(1, NaN, 1, 0, 1, 0, 1, 0, 1);
  const of = { positions: [0, 1, 2], scores: [1, 1 / 3, 2 / 3], matrix };
  assert.deepEqual(winnersOf([0, 1, 2], of, [0, 1, 2], [1, 2, 3]), [0, 1, 0]);
});

test('equals the row means of the sub-matrix, for any order and utilities', () => {
  const n = 6;
  const cases = fc.tuple(
    fc.array(fc.integer({ min: 0, max: 3 }), { minLength: n * n, maxLength: n * n }),
    fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: n }),
  );
  fc.assert(
    fc.property(cases, ([values, order]) => {
      const of = {
        positions: [0, 1, 2, 3, 4, 5],
        scores: rowMeans(Float64Array.from(values), n),
        matrix: Float32Array.from(values),
      };
      const expected = [1, 2, 4, 6].map((size) => {
        const some = order.slice(0, size).sort((a, b) => a - b);
        const sub = some.flatMap((i) => some.map((j) => values[i * n + j] ?? NaN));
        const means = rowMeans(Float64Array.from(sub), size);
        const best = Math.max(...means);
        return some[means.findIndex((value) => best - value < 1e-12)];
      });
      assert.deepEqual(winnersOf(order, of, of.positions, [1, 2, 4, 6]), expected);
    }),
    { seed: 7, numRuns: 200 },
  );
});

test('oracle and scorer over draws: exact at N, within the band below', () => {
  const best = () => {
    const made = new BestOfN({ n: 4, names: ['by_score'], draws: 100, seed: 1 });
    for (const questionId of ['a', 'b'])
      made.add({
        questionId,
        subEm: questionId === 'a' ? [0, 0, 1, 0] : [1, 1, 0, 0],
        scored: new Map([
          [
            'by_score',
            { positions: [0, 1, 2, 3], scores: [0.1, 0.2, 0.9, 0.3], matrix: undefined },
          ],
        ]),
      });
    return made.points();
  };
  const points = best();
  assert.deepEqual(points, best(), 'seeded');
  assert.deepEqual(points.get(ORACLE)?.at(-1), { n: 4, mean: 100, low: 100, high: 100 });
  assert.deepEqual(points.get('by_score')?.at(-1), { n: 4, mean: 50, low: 50, high: 50 });
  const [one, two] = points.get(ORACLE) ?? [];
  // Expected: (1/4 + 2/4) / 2 and (1/2 + 5/6) / 2.
  assert.ok(one && Math.abs(one.mean - 37.5) < 8, JSON.stringify(one));
  assert.ok(two && Math.abs(two.mean - 66.7) < 8, JSON.stringify(two));
  assert.deepEqual(points.get('by_score')?.[0], one, 'the best of one is that one');
});
