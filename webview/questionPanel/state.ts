import type {
  PanelQuestion,
  PanelTrajectory,
  RowOrder,
  SavedPanel,
} from '../../src/protocol/panel.ts';
import { orderRows, otherOrder } from './ordering.ts';
import { moveSelection, type Move, type Selection } from './selection.ts';
import { utilitiesInOrder, type Utilities } from './utilities.ts';

export interface PanelState {
  question: PanelQuestion | null;
  order: RowOrder;
  table: boolean;
  selection: Selection | null;
  /** Derived from the question and the order. */
  rows: readonly number[];
  utilities: Utilities | null;
  trajectories: ReadonlyMap<number, PanelTrajectory>;
  /** What a reload left, until its question is here again. */
  restored: SavedPanel | null;
}

export type PanelEvent =
  | { type: 'question'; question: PanelQuestion }
  | { type: 'order'; order: RowOrder }
  | { type: 'toggleOrder' }
  | { type: 'toggleTable' }
  | { type: 'select'; selection: Selection | null }
  | { type: 'move'; move: Move };

export function initialState(saved: unknown): PanelState {
  const restored = readSaved(saved);
  return {
    question: null,
    order: restored?.order ?? 'score',
    table: restored?.table ?? false,
    selection: null,
    rows: [],
    utilities: null,
    trajectories: new Map(),
    restored,
  };
}

export function reduce(state: PanelState, event: PanelEvent): PanelState {
  switch (event.type) {
    case 'question':
      return withQuestion(state, event.question);
    case 'order':
      return ordered({ ...state, order: event.order });
    case 'toggleOrder':
      return ordered({ ...state, order: otherOrder(state.order) });
    case 'toggleTable':
      return { ...state, table: !state.table };
    case 'select':
      return { ...state, selection: existing(state, event.selection) };
    case 'move': {
      const pair = {
        chosen: state.question?.pair.chosen?.index ?? null,
        rejected: state.question?.pair.rejected?.index ?? null,
      };
      return { ...state, selection: moveSelection(state.rows, state.selection, pair, event.move) };
    }
  }
}

/** What survives a reload of the panel. */
export function savedPanel(state: PanelState): SavedPanel | null {
  if (state.question === null) return null;
  const { study, questionId } = state.question;
  return { study, questionId, order: state.order, table: state.table, selection: state.selection };
}

/** A changed question (a decision, new samples) keeps the selection; another one starts without. */
function withQuestion(state: PanelState, question: PanelQuestion): PanelState {
  const before = state.question ?? state.restored;
  const same = before?.study === question.study && before.questionId === question.questionId;
  const kept = state.question === null ? (state.restored?.selection ?? null) : state.selection;
  const trajectories = new Map(question.trajectories.map((each) => [each.index, each]));
  const next = ordered({ ...state, question, trajectories, selection: null, restored: null });
  return { ...next, selection: same ? existing(next, kept) : null };
}

function ordered(state: PanelState): PanelState {
  const { question } = state;
  const rows = orderRows(question?.trajectories ?? [], state.order);
  const matrix = question?.matrix ?? null;
  return { ...state, rows, utilities: matrix === null ? null : utilitiesInOrder(matrix, rows) };
}

function existing(state: PanelState, selection: Selection | null): Selection | null {
  if (selection === null || !state.trajectories.has(selection.row)) return null;
  const { row, column } = selection;
  const cell = column !== null && column !== row && state.trajectories.has(column);
  return { row, column: cell ? column : null };
}

/** What the editor kept for us may come from another version: anything unexpected counts as nothing kept. */
function readSaved(saved: unknown): SavedPanel | null {
  if (!isObject(saved)) return null;
  const { study, questionId, order, table, selection } = saved;
  if (typeof study !== 'string' || typeof questionId !== 'string') return null;
  return {
    study,
    questionId,
    order: order === 'sample' ? 'sample' : 'score',
    table: table === true,
    selection: readSelection(selection),
  };
}

function readSelection(saved: unknown): Selection | null {
  if (!isObject(saved)) return null;
  const { row, column } = saved;
  return typeof row === 'number'
    ? { row, column: typeof column === 'number' ? column : null }
    : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
