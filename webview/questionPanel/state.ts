import type {
  PanelQuestion,
  PanelTrajectory,
  RowOrder,
  SavedPanel,
} from '../../src/protocol/panel.ts';
import { filtersOf, hasAnswer } from './answerFilter.ts';
import type { ClusterTree } from './clustering/clusterTree.ts';
import { nextOrder, orderTrajectories } from './ordering.ts';
import {
  movedPlace,
  movedTo,
  regionBetween,
  wholeRegion,
  zoomedBy,
  zoomedTo,
  type Extent,
  type Place,
  type Region,
} from './region.ts';
import { readSaved } from './savedState.ts';
import { moveSelection, type Axes, type Move, type Selection } from './selection.ts';
import { utilitiesInOrder, type Utilities } from './utilities.ts';

export interface PanelState extends Axes {
  /** As the editor named it. */
  panel: string | null;
  question: PanelQuestion | null;
  order: RowOrder;
  table: boolean;
  /** The texts as their differences. */
  compare: boolean;
  /** The context is shown. */
  context: boolean;
  /** Share of the window's height that the context has. */
  contextShare: number;
  selection: Selection | null;
  /** Key of the answer cluster whose rows alone are shown. */
  filter: string | null;
  /** What of the rows and columns is shown; null: all. */
  zoom: Region | null;
  /** Marked to be zoomed into. */
  brush: Region | null;
  /** Derived: the tree of the order, and the utilities of what is shown. */
  tree: ClusterTree | null;
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
  | { type: 'toggleCompare' }
  | { type: 'context'; open: boolean }
  | { type: 'contextShare'; share: number }
  | { type: 'filter'; answer: string | null }
  | { type: 'select'; selection: Selection | null }
  | { type: 'move'; move: Move }
  | { type: 'brush'; region: Region | null }
  | { type: 'brushMove'; move: Move }
  | { type: 'zoom'; direction: 'in' | 'out' | 'whole' };

const CONTEXT_SHARE = 0.3;

export function initialState(saved: unknown): PanelState {
  const restored = readSaved(saved);
  return {
    panel: restored?.panel ?? null,
    question: null,
    order: restored?.order ?? 'score',
    table: restored?.table ?? false,
    compare: restored?.compare ?? false,
    context: restored?.context ?? true,
    contextShare: restored?.contextShare ?? CONTEXT_SHARE,
    selection: null,
    filter: null,
    zoom: null,
    brush: null,
    rows: [],
    columns: [],
    tree: null,
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
      return ordered({ ...state, order: nextOrder(state.order) });
    case 'toggleTable':
      return { ...state, table: !state.table };
    case 'toggleCompare':
      return { ...state, compare: !state.compare };
    case 'context':
      return { ...state, context: event.open };
    case 'contextShare':
      return { ...state, contextShare: event.share };
    case 'filter':
      return ordered({ ...state, filter: event.answer });
    case 'select':
      return shifted({ ...state, selection: existing(state, event.selection), brush: null });
    case 'move':
      return shifted({ ...state, selection: moved(state, event.move), brush: null });
    case 'brush':
      return { ...state, brush: event.region };
    case 'brushMove':
      return brushMoved(state, event.move);
    case 'zoom':
      return zoomed(state, event.direction);
  }
}

/** What survives a reload of the panel. */
export function savedPanel(state: PanelState): SavedPanel | null {
  if (state.question === null) return null;
  const { study, questionId } = state.question;
  const { panel, order, table, compare, context, contextShare, selection, filter } = state;
  const view = { order, table, compare, context, contextShare, selection, filter };
  return { study, questionId, panel, ...view };
}

export function extentOf({ rows, columns }: Axes): Extent {
  return { rows: rows.length, columns: columns.length };
}

/** Where the selection stands; -1 for what it has not. */
export function placeOf({ rows, columns, selection }: PanelState): Place {
  return {
    row: selection === null ? -1 : rows.indexOf(selection.row),
    column: selection?.column === null ? -1 : columns.indexOf(selection?.column ?? -1),
  };
}

/** Trajectories by index in the order shown, without those that a zoom leaves out. */
export function shownAxes({ rows, columns, zoom }: PanelState): Axes {
  if (zoom === null) return { rows, columns };
  return {
    rows: rows.slice(zoom.rows.from, zoom.rows.to),
    columns: columns.slice(zoom.columns.from, zoom.columns.to),
  };
}

/** A changed question (a decision, new samples) keeps what is focused and shown; another one starts without. */
function withQuestion(state: PanelState, question: PanelQuestion): PanelState {
  const before = state.question ?? state.restored;
  const same = before?.study === question.study && before.questionId === question.questionId;
  const kept = state.question === null ? (state.restored?.selection ?? null) : state.selection;
  const trajectories = new Map(question.trajectories.map((each) => [each.index, each]));
  const filters = filtersOf(question.answers);
  const wanted = state.question === null ? (state.restored?.filter ?? null) : state.filter;
  const filter = same && filters.some((key) => key === wanted) ? wanted : null;
  const count = state.columns.length;
  const next = ordered({
    ...state,
    question,
    trajectories,
    filter,
    selection: null,
    restored: null,
  });
  if (!same) return next;
  const zoom = next.columns.length === count ? state.zoom : null;
  return shown({ ...next, zoom, selection: existing(next, kept) });
}

/** A new order or filter shows all rows again: the same places would be other trajectories. */
function ordered(state: PanelState): PanelState {
  const { question, filter } = state;
  if (question === null) return state;
  const { indices: columns, tree } = orderTrajectories(question, state.order);
  const rows =
    filter === null
      ? columns
      : columns.filter((index) => hasAnswer(state.trajectories.get(index), filter));
  return shown({ ...state, columns, rows, tree, zoom: null, brush: null });
}

function shown(state: PanelState): PanelState {
  const matrix = state.question?.matrix ?? null;
  const { rows, columns } = shownAxes(state);
  return { ...state, utilities: matrix === null ? null : utilitiesInOrder(matrix, rows, columns) };
}

function moved(state: PanelState, move: Move): Selection | null {
  const pair = {
    chosen: state.question?.pair.chosen?.index ?? null,
    rejected: state.question?.pair.rejected?.index ?? null,
  };
  return moveSelection(state, state.selection, pair, move);
}

/** Keeps the focus, or another place, in what is shown. */
function shifted(state: PanelState, place: Place = placeOf(state)): PanelState {
  const { zoom } = state;
  if (zoom === null) return state;
  const next = movedTo(zoom, extentOf(state), place);
  const same = next.rows.from === zoom.rows.from && next.columns.from === zoom.columns.from;
  return same ? state : shown({ ...state, zoom: next });
}

/** Marks cells from the focus, which stays, to where the moves lead, as a text editor selects. */
function brushMoved(state: PanelState, move: Move): PanelState {
  const anchor = placeOf(state);
  if (anchor.row < 0 || anchor.column < 0) return reduce(state, { type: 'move', move });
  const head = movedPlace(
    state.brush === null ? anchor : farCorner(state.brush, anchor),
    extentOf(state),
    move,
  );
  return { ...shifted(state, head), brush: regionBetween(anchor, head) };
}

function farCorner({ rows, columns }: Region, from: Place): Place {
  return {
    row: rows.from === from.row ? rows.to - 1 : rows.from,
    column: columns.from === from.column ? columns.to - 1 : columns.from,
  };
}

function zoomed(state: PanelState, direction: 'in' | 'out' | 'whole'): PanelState {
  const extent = extentOf(state);
  if (direction === 'whole') return shown({ ...state, zoom: null, brush: null });
  if (direction === 'in' && state.brush !== null)
    return shown({ ...state, zoom: zoomedTo(state.brush, extent), brush: null });
  const { row, column } = placeOf(state);
  const middle = state.zoom ?? wholeRegion(extent);
  const around = {
    row: row < 0 ? (middle.rows.from + middle.rows.to) / 2 : row,
    column: column < 0 ? (middle.columns.from + middle.columns.to) / 2 : column,
  };
  return shown({ ...state, zoom: zoomedBy(state.zoom, extent, around, direction), brush: null });
}

function existing(state: PanelState, selection: Selection | null): Selection | null {
  if (selection === null || !state.trajectories.has(selection.row)) return null;
  const { row, column } = selection;
  const cell = column !== null && column !== row && state.trajectories.has(column);
  return { row, column: cell ? column : null };
}
