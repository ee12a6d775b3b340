import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  movedTo,
  regionBetween,
  sizeOf,
  wholeRegion,
  zoomedBy,
  zoomedTo,
  type Region,
} from '../../../../webview/questionPanel/region.ts';

const extent = { rows: 40, columns: 128 };
const place = fc.record({
  row: fc.integer({ min: 0, max: extent.rows - 1 }),
  column: fc.integer({ min: 0, max: extent.columns - 1 }),
});

function isInside({ rows, columns }: Region): boolean {
  return (
    rows.from >= 0 && rows.to <= extent.rows && columns.from >= 0 && columns.to <= extent.columns
  );
}

test('a region between two cells holds both, from whichever corner it was drawn', () => {
  const region = regionBetween({ row: 5, column: 9 }, { row: 2, column: 11 });
  assert.deepEqual(region, { rows: { from: 2, to: 6 }, columns: { from: 9, to: 12 } });
});

test('a region of one cell is widened to two, also at the edge', () => {
  const cell = regionBetween({ row: 39, column: 0 }, { row: 39, column: 0 });
  assert.deepEqual(zoomedTo(cell, extent), {
    rows: { from: 38, to: 40 },
    columns: { from: 0, to: 2 },
  });
});

test('zooming in and out again and again ends at two cells and at all of it', () => {
  fc.assert(
    fc.property(place, (around) => {
      let shown: Region | null = null;
      for (let step = 0; step < 12; step++) {
        shown = zoomedBy(shown, extent, around, 'in');
        assert.ok(shown !== null && isInside(shown));
        assert.ok(around.row >= shown.rows.from && around.row < shown.rows.to);
        assert.ok(around.column >= shown.columns.from && around.column < shown.columns.to);
      }
      assert.deepEqual([sizeOf(shown?.rows ?? wholeRegion(extent).rows)], [2]);
      for (let step = 0; step < 12; step++) shown = zoomedBy(shown, extent, around, 'out');
      assert.equal(shown, null);
    }),
  );
});

test('what is shown moves just far enough to have the focus in it', () => {
  const shown = { rows: { from: 10, to: 20 }, columns: { from: 0, to: 30 } };
  assert.deepEqual(movedTo(shown, extent, { row: 20, column: -1 }).rows, { from: 11, to: 21 });
  assert.deepEqual(movedTo(shown, extent, { row: 9, column: 40 }), {
    rows: { from: 9, to: 19 },
    columns: { from: 11, to: 41 },
  });
  assert.deepEqual(movedTo(shown, extent, { row: 15, column: 3 }), shown);
});
