import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { eachRow, rowAt, withRow, type SampleRows } from '../../../src/study/sampleRows.ts';

const placed = fc.uniqueArray(fc.nat(200), { maxLength: 40 });

test('rows are found by index and in its order, in whatever order they came', () => {
  const check = (indices: readonly number[], first: number, step: number) => {
    let rows: SampleRows | undefined;
    const model = new Map<number, number>();
    for (const [position, index] of indices.entries()) {
      const row = first + position * step;
      rows = withRow(rows, index, row);
      model.set(index, row);
    }
    const seen: [number, number][] = [];
    eachRow(rows, (row, index) => seen.push([index, row]));
    assert.deepEqual(
      seen,
      [...model].sort(([a], [b]) => a - b),
    );
    for (let index = 0; index <= 201; index++) assert.equal(rowAt(rows, index), model.get(index));
    return rows;
  };
  fc.assert(
    fc.property(placed, fc.nat(2 ** 31), fc.constantFrom(1, 2), (...of) => void check(...of)),
    { seed: 5 },
  );
  const run = Array.from({ length: 128 }, (_, index) => index);
  assert.equal(typeof check(run, 262_016, 1), 'number');
  assert.ok(Array.isArray(check([...run, 130], 262_016, 1)));
});
