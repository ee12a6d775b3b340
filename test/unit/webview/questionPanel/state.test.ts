import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paneSubjects } from '../../../../webview/questionPanel/panes.ts';
import { focusSentence, readout } from '../../../../webview/questionPanel/sentences.ts';
import {
  initialState,
  reduce,
  savedPanel,
  type PanelEvent,
  type PanelState,
} from '../../../../webview/questionPanel/state.ts';
import { questionOfFour } from './samples.ts';

function after(events: readonly PanelEvent[], saved: unknown = null): PanelState {
  const start = reduce(initialState(saved), { type: 'question', question: questionOfFour() });
  return events.reduce(reduce, start);
}

test('a new order keeps the selected samples and moves their rows', () => {
  const state = after([
    { type: 'select', selection: { row: 3, column: 0 } },
    { type: 'toggleOrder' },
  ]);
  assert.deepEqual(state.rows, [0, 1, 2, 3]);
  assert.deepEqual(state.selection, { row: 3, column: 0 });
  assert.match(readout(state, { row: 3, column: 0 }), /u\(i, j\) = 0\.300$/);
});

test('a zoom keeps the focus in view, and a new order shows everything again', () => {
  const zoomed = after([
    { type: 'select', selection: { row: 2, column: 0 } },
    { type: 'zoom', direction: 'in' },
  ]);
  assert.deepEqual(zoomed.zoom, { rows: { from: 0, to: 2 }, columns: { from: 1, to: 3 } });
  assert.deepEqual(zoomed.utilities?.rows, [2, 0]);
  const moved = reduce(zoomed, { type: 'move', move: 'last' });
  assert.deepEqual(moved.utilities?.rows, [3, 1]);
  assert.equal(reduce(moved, { type: 'toggleOrder' }).zoom, null);
});

test('marked cells are what a step in zooms to', () => {
  const marked = after([
    { type: 'select', selection: { row: 0, column: 3 } },
    { type: 'brushMove', move: 'down' },
    { type: 'brushMove', move: 'down' },
    { type: 'brushMove', move: 'right' },
  ]);
  assert.deepEqual(marked.brush, { rows: { from: 1, to: 4 }, columns: { from: 2, to: 4 } });
  const { zoom, brush } = reduce(marked, { type: 'zoom', direction: 'in' });
  assert.deepEqual([zoom, brush], [marked.brush, null]);
});

test('a filter by answer leaves its rows, and all columns', () => {
  const filtered = after([{ type: 'filter', answer: 'wye' }]);
  assert.deepEqual(
    [filtered.rows, filtered.columns],
    [
      [0, 1],
      [2, 0, 3, 1],
    ],
  );
  assert.equal(filtered.utilities?.values.length, 8);
  assert.deepEqual(reduce(filtered, { type: 'filter', answer: null }).rows, [2, 0, 3, 1]);
});

test('a decision keeps the selection, another question does not', () => {
  const selected: PanelEvent = { type: 'select', selection: { row: 3, column: 0 } };
  const same = after([selected, { type: 'question', question: questionOfFour({ canUndo: true }) }]);
  assert.deepEqual(same.selection, { row: 3, column: 0 });
  const other = after([
    selected,
    { type: 'question', question: questionOfFour({ questionId: 'q2' }) },
  ]);
  assert.equal(other.selection, null);
});

test('what is shown and focused survives a reload of the same question', () => {
  const state = after([
    { type: 'toggleOrder' },
    { type: 'toggleTable' },
    { type: 'toggleCompare' },
    { type: 'context', open: false },
    { type: 'contextShare', share: 0.5 },
    { type: 'filter', answer: 'wye' },
    { type: 'select', selection: { row: 3, column: 0 } },
  ]);
  const saved: unknown = JSON.parse(JSON.stringify(savedPanel(state)));
  const again = after([], saved);
  assert.deepEqual(
    [again.order, again.table, again.selection],
    ['sample', true, { row: 3, column: 0 }],
  );
  assert.deepEqual(
    [again.compare, again.context, again.contextShare, again.filter, again.rows],
    [true, false, 0.5, 'wye', [0, 1]],
  );
});

test('a saved state of another question or of another version is not trusted', () => {
  const elsewhere = {
    study: 'study',
    questionId: 'q9',
    order: 'sample',
    selection: { row: 3, column: 0 },
  };
  assert.equal(after([], elsewhere).selection, null);
  assert.equal(after([], elsewhere).order, 'sample');
  for (const odd of [undefined, null, 'x', [], { study: 1 }, { ...elsewhere, questionId: null }]) {
    assert.equal(initialState(odd).restored, null);
  }
  const gone = { ...elsewhere, questionId: 'q1', selection: { row: 77, column: 'x' } };
  assert.equal(after([], gone).selection, null);
});

test('the panes show the pair, then a row against the chosen one, then a cell', () => {
  const subjects = (events: readonly PanelEvent[]): (number | null)[] => {
    const { left, right } = paneSubjects(after(events));
    return [left, right];
  };
  assert.deepEqual(subjects([]), [2, 1]);
  assert.deepEqual(subjects([{ type: 'select', selection: { row: 3, column: null } }]), [3, 2]);
  assert.deepEqual(subjects([{ type: 'select', selection: { row: 2, column: null } }]), [2, 1]);
  assert.deepEqual(subjects([{ type: 'select', selection: { row: 3, column: 0 } }]), [3, 0]);
});

test('samples without a pair are still shown, and one alone has nothing beside it', () => {
  const pair = {
    chosen: null,
    rejected: null,
    source: 'policy' as const,
    policy: { chosen: null, rejected: null },
    margin: null,
    leftOut: null,
    disputed: [],
  };
  const question = questionOfFour({ pair, matrix: null, scorer: null });
  const show = (count: number): (number | null)[] => {
    const trajectories = question.trajectories.slice(0, count);
    const event: PanelEvent = { type: 'question', question: { ...question, trajectories } };
    const { left, right } = paneSubjects(reduce(initialState(null), event));
    return [left, right];
  };
  assert.deepEqual(
    [show(0), show(1), show(2)],
    [
      [null, null],
      [0, null],
      [0, 1],
    ],
  );
});

test('the focused cell is said with scores, marks and utility', () => {
  const cell = after([{ type: 'select', selection: { row: 2, column: 3 } }]);
  assert.equal(
    focusSentence(cell),
    'Row #02 score 0.900 chosen by policy answers “morven”; column #03 score 0.500 answers “morven”; utility 0.230.',
  );
  const row = after([{ type: 'select', selection: { row: 3, column: null } }]);
  assert.equal(focusSentence(row), 'Row #03 score 0.500 answers “morven”, 3 of 4 by score.');
});
