import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { histogram } from '../../../src/synthesis/histogram.ts';

test('a context lies in the range of its target, whose upper end the target is', () => {
  assert.deepEqual(histogram([4090, 8192, 7200], [4096, 8192, 8192], 1024), [
    { over: 3072, up_to: 4096, count: 1, others: 1 },
    { over: 4096, up_to: 5120, count: 0, others: 0 },
    { over: 5120, up_to: 6144, count: 0, others: 0 },
    { over: 6144, up_to: 7168, count: 0, others: 0 },
    { over: 7168, up_to: 8192, count: 2, others: 2 },
  ]);
  assert.deepEqual(histogram([]), []);
});

test('every value is counted once, in at most 32 ranges without gaps', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 50 }),
      (values) => {
        const bins = histogram(values);
        assert.ok(bins.length >= 1 && bins.length <= 32);
        for (const [at, { over, up_to, count }] of bins.entries()) {
          assert.equal(count, values.filter((value) => value > over && value <= up_to).length);
          assert.equal(over, bins[at - 1]?.up_to ?? over);
        }
        assert.equal(
          bins.reduce((sum, { count }) => sum + count, 0),
          values.length,
        );
      },
    ),
  );
});
