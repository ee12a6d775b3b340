import type { Move } from './selection.ts';

/** Places `from` to `to`, the end left out. */
export interface Span {
  from: number;
  to: number;
}

/** Rows and columns of the heatmap, by their places in the order: what is shown when zoomed in, or what is marked. */
export interface Region {
  rows: Span;
  columns: Span;
}

export interface Place {
  row: number;
  column: number;
}

export interface Extent {
  rows: number;
  columns: number;
}

const LEAST = 2;
const PAGE = 10;
const STEP = 1.6;

/** The region between two cells, both included. */
export function regionBetween(a: Place, b: Place): Region {
  const span = (x: number, y: number): Span => ({ from: Math.min(x, y), to: Math.max(x, y) + 1 });
  return { rows: span(a.row, b.row), columns: span(a.column, b.column) };
}

export function wholeRegion({ rows, columns }: Extent): Region {
  return { rows: { from: 0, to: rows }, columns: { from: 0, to: columns } };
}

/** A region as what is shown: at least two rows and columns, or null where it is all of them. */
export function zoomedTo(region: Region, extent: Extent): Region | null {
  const rows = fitted(region.rows, extent.rows);
  const columns = fitted(region.columns, extent.columns);
  const whole = sizeOf(rows) >= extent.rows && sizeOf(columns) >= extent.columns;
  return whole ? null : { rows, columns };
}

/** One step in or out around a place, which stays where it is as far as the edges allow. */
export function zoomedBy(
  shown: Region | null,
  extent: Extent,
  around: Place,
  direction: 'in' | 'out',
): Region | null {
  const from = shown ?? wholeRegion(extent);
  const scale = direction === 'in' ? 1 / STEP : STEP;
  const along = (span: Span, at: number): Span => {
    const size = sizeOf(span);
    const wanted =
      direction === 'in' ? Math.max(LEAST, Math.floor(size * scale)) : Math.ceil(size * scale);
    const share = (at + 0.5 - span.from) / size;
    const start = Math.round(at + 0.5 - wanted * share);
    return { from: start, to: start + wanted };
  };
  return zoomedTo(
    { rows: along(from.rows, around.row), columns: along(from.columns, around.column) },
    extent,
  );
}

/** Moves what is shown just as far as it takes to have a place in it; -1 is no place. */
export function movedTo(shown: Region, extent: Extent, { row, column }: Place): Region {
  const along = (span: Span, at: number, count: number): Span => {
    if (at < 0) return span;
    const by = at < span.from ? at - span.from : at >= span.to ? at + 1 - span.to : 0;
    return by === 0 ? span : fitted({ from: span.from + by, to: span.to + by }, count);
  };
  return {
    rows: along(shown.rows, row, extent.rows),
    columns: along(shown.columns, column, extent.columns),
  };
}

/** A place moved over cells, the diagonal as well. */
export function movedPlace({ row, column }: Place, { rows, columns }: Extent, move: Move): Place {
  const within = (at: number, count: number): number => Math.max(0, Math.min(count - 1, at));
  const steps: Record<Move, [down: number, right: number]> = {
    up: [-1, 0],
    down: [1, 0],
    left: [0, -1],
    right: [0, 1],
    pageUp: [-PAGE, 0],
    pageDown: [PAGE, 0],
    lineStart: [0, -columns],
    lineEnd: [0, columns],
    first: [-rows, 0],
    last: [rows, 0],
  };
  const [down, right] = steps[move];
  return { row: within(row + down, rows), column: within(column + right, columns) };
}

export function sizeOf({ from, to }: Span): number {
  return to - from;
}

function fitted({ from, to }: Span, count: number): Span {
  const size = Math.min(count, Math.max(LEAST, to - from));
  const start = Math.max(0, Math.min(count - size, from));
  return { from: start, to: start + size };
}
