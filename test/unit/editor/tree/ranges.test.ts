import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RANGE_SIZE, rangeRow, rangesOf } from '../../../../src/editor/tree/ranges.ts';

test('a short list has no ranges; those of a long one cover it without gap or overlap', () => {
  assert.deepEqual(rangesOf(0), []);
  assert.deepEqual(rangesOf(RANGE_SIZE), []);
  fc.assert(
    fc.property(fc.integer({ min: RANGE_SIZE * 2, max: 20_000 }), (length) => {
      const ranges = rangesOf(length);
      assert.equal(ranges[0]?.start, 0);
      assert.equal(ranges.at(-1)?.end, length);
      ranges.forEach(({ start, end }, number) => {
        assert.ok(end > start && end - start <= RANGE_SIZE);
        assert.equal(ranges[number + 1]?.start ?? length, end);
      });
    }),
    { seed: 11 },
  );
});

test('a range says which questions it holds, counted from 1', () => {
  const row = rangeRow({ start: 200, end: 400 }, ['q-0200', 'q-0399']);
  assert.deepEqual([row.label, row.description], ['201–400', 'q-0200 … q-0399']);
  assert.equal(row.spoken, 'questions 201 to 400, from q-0200 to q-0399');
});
