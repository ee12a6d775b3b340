import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { moveSelection, type Move } from '../../../../webview/questionPanel/selection.ts';

const rows = [2, 0, 3, 1];
const axes = { rows, columns: rows };
const pair = { chosen: 2, rejected: 1 };
const from = (row: number, column: number | null, move: Move) =>
  moveSelection(axes, { row, column }, pair, move);

test('moves step over the diagonal', () => {
  assert.deepEqual(from(2, 0, 'down'), { row: 3, column: 0 });
  assert.deepEqual(from(0, 2, 'right'), { row: 0, column: 3 });
});

test('a move that would leave the heatmap over the diagonal takes the row alone', () => {
  assert.deepEqual(from(0, 2, 'up'), { row: 2, column: null });
  assert.deepEqual(from(2, 0, 'left'), { row: 2, column: null });
});

test('a row alone stays a row alone going up and down, and becomes a cell going sideways', () => {
  assert.deepEqual(from(0, null, 'down'), { row: 3, column: null });
  assert.deepEqual(from(0, null, 'right'), { row: 0, column: 3 });
});

test('without a selection moves begin at the pair', () => {
  assert.deepEqual(moveSelection(axes, null, pair, 'down'), { row: 0, column: null });
  assert.deepEqual(moveSelection(axes, null, pair, 'left'), { row: 2, column: 3 });
  const none = { chosen: null, rejected: null };
  assert.deepEqual(moveSelection(axes, null, none, 'down'), { row: 2, column: null });
  assert.equal(moveSelection({ rows: [], columns: [] }, null, none, 'down'), null);
});

test('line and column ends are reached at once', () => {
  assert.deepEqual(from(0, 3, 'lineStart'), { row: 0, column: 2 });
  assert.deepEqual(from(0, 3, 'lineEnd'), { row: 0, column: 1 });
  assert.deepEqual(from(0, 3, 'last'), { row: 1, column: 3 });
  assert.deepEqual(from(3, null, 'first'), { row: 2, column: null });
});

test('filtered rows are walked with all columns, the diagonal where it lies', () => {
  const filtered = { rows: [0, 1], columns: rows };
  const go = (row: number, column: number | null, move: Move) =>
    moveSelection(filtered, { row, column }, pair, move);
  assert.deepEqual(go(0, 2, 'down'), { row: 1, column: 2 });
  assert.deepEqual(go(0, 2, 'right'), { row: 0, column: 3 });
  assert.deepEqual(go(0, 1, 'down'), { row: 1, column: null });
  assert.deepEqual(moveSelection(filtered, null, pair, 'down'), { row: 0, column: null });
});

test('every move from anywhere stays on rows that exist and off the diagonal', () => {
  const moves: Move[] = [
    'up',
    'down',
    'left',
    'right',
    'pageUp',
    'pageDown',
    'lineStart',
    'lineEnd',
    'first',
    'last',
  ];
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.array(fc.constantFrom(...moves), { maxLength: 40 }),
      (count, walk) => {
        const order = Array.from({ length: count }, (_, i) => count - 1 - i);
        let selection = null;
        for (const move of walk) {
          selection = moveSelection(
            { rows: order, columns: order },
            selection,
            { chosen: 0, rejected: null },
            move,
          );
          assert.ok(selection !== null && order.includes(selection.row));
          assert.ok(selection.column === null || order.includes(selection.column));
          assert.notEqual(selection.row, selection.column);
        }
      },
    ),
  );
});
