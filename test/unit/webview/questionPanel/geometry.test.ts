import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  cellAt,
  edge,
  layoutFor,
  mapGeometry,
} from '../../../../webview/questionPanel/geometry.ts';

const square = (count: number) => ({ rows: count, columns: count, tree: false });

const spaces = fc.record({
  rows: fc.integer({ min: 1, max: 512 }),
  columns: fc.integer({ min: 1, max: 512 }),
  tree: fc.boolean(),
  widthPx: fc.integer({ min: 190, max: 1600 }),
  heightPx: fc.integer({ min: 240, max: 1200 }),
  pixelRatio: fc.constantFrom(1, 1.25, 1.5, 2, 3),
});

test('the middle of every cell is found again by the hit test', () => {
  fc.assert(
    fc.property(spaces, fc.nat(), fc.nat(), (space, a, b) => {
      const geometry = mapGeometry(space);
      const [row, column] = [a % space.rows, b % space.columns];
      const middle = (position: number): number => (position + 0.5) * geometry.cell;
      const at = cellAt(geometry, geometry.left + middle(column), geometry.top + middle(row));
      assert.deepEqual(at, { row, column });
    }),
  );
});

test('the heatmap fits into its space and its cells are never wider than it', () => {
  fc.assert(
    fc.property(spaces, (space) => {
      const geometry = mapGeometry(space);
      assert.ok(geometry.left + geometry.plotWidth <= space.widthPx + 1e-6);
      assert.ok(geometry.top + geometry.plotHeight <= space.heightPx + 1e-6);
      assert.ok(Math.abs(geometry.cell * space.columns - geometry.plotWidth) < 1e-6);
    }),
  );
});

test('edges of cells lie on device pixels and grow with the position', () => {
  fc.assert(
    fc.property(spaces, (space) => {
      const geometry = mapGeometry(space);
      for (let position = 0; position < space.columns; position++) {
        const devicePx = edge(geometry, position) * space.pixelRatio;
        assert.ok(Math.abs(devicePx - Math.round(devicePx)) < 1e-6);
        assert.ok(edge(geometry, position + 1) >= edge(geometry, position));
      }
    }),
  );
});

test('points outside the plot are no cell', () => {
  const geometry = mapGeometry({ ...square(8), widthPx: 400, heightPx: 400, pixelRatio: 1 });
  assert.equal(cellAt(geometry, geometry.left - 1, geometry.top + 1), null);
  assert.equal(cellAt(geometry, geometry.left + geometry.plotWidth + 1, geometry.top + 1), null);
});

test('rows of 8 and 32 samples stand level with the score list, those of 128 do not', () => {
  const level = (count: number): boolean =>
    mapGeometry({ ...square(count), widthPx: 490, heightPx: 700, pixelRatio: 1 }).level;
  assert.deepEqual([8, 32, 128].map(level), [true, true, false]);
});

test('the panel wraps at 700 px and stacks at 200 % zoom of a small window', () => {
  assert.deepEqual([1400, 1000, 700, 500].map(layoutFor), ['wide', 'wide', 'wrapped', 'stacked']);
});
