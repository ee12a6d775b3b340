/** How the parts of the panel stand: all in one row, texts under the heatmap, or everything under each other. */
export type Layout = 'wide' | 'wrapped' | 'stacked';

/** Widths in CSS px, so that zoom wraps the panel as a narrow window does. */
export function layoutFor(widthPx: number): Layout {
  if (widthPx >= 900) return 'wide';
  return widthPx >= 560 ? 'wrapped' : 'stacked';
}

export interface MapGeometry {
  rows: number;
  columns: number;
  /** Edge of one square cell and the two edges of the plot, in CSS px. */
  cell: number;
  plotWidth: number;
  plotHeight: number;
  /** Where the plot begins in the canvas. */
  left: number;
  top: number;
  width: number;
  height: number;
  /** Height of the tree over the columns; 0 without one. */
  tree: number;
  /** Width of the strip of scores beside the rows; 0 where the score list stands level. */
  strip: number;
  columnLabels: 'across' | 'upright' | 'none';
  /** Whether a row is high enough for the score list to stand level with the heatmap, row by row. */
  level: boolean;
  pixelRatio: number;
}

/** Smaller cells touch each other, and their diagonal is a line. */
export const MIN_CELL_WITH_GAP = 9;
const MAX_CELL = 40;
const MIN_LEVEL_CELL = 14;
const MIN_WHOLE_CELL = 6;
const MIN_PLOT = 140;
const MARK_STRIP = 14;
const LABEL_STRIP = { across: 15, upright: 24, none: 0 };
const TREE_STRIP = 46;
const SCORE_STRIP = 34;

/** Largest heatmap of square cells for the space given, its edges on device pixels. */
export function mapGeometry(space: {
  rows: number;
  columns: number;
  /** Whether a tree is drawn over the columns. */
  tree: boolean;
  widthPx: number;
  heightPx: number;
  pixelRatio: number;
}): MapGeometry {
  const rows = Math.max(1, space.rows);
  const columns = Math.max(1, space.columns);
  const tree = space.tree ? TREE_STRIP : 0;
  const rough = Math.min(
    space.widthPx / columns,
    (space.heightPx - tree - MARK_STRIP - LABEL_STRIP.upright) / rows,
  );
  const columnLabels = rough >= 22 ? 'across' : rough >= 11 ? 'upright' : 'none';
  const top = tree + MARK_STRIP + LABEL_STRIP[columnLabels];
  const level = rough >= MIN_LEVEL_CELL;
  const strip = level ? 0 : SCORE_STRIP;
  const left = level ? 2 : MARK_STRIP + strip;
  const { pixelRatio } = space;
  const room = Math.min(
    Math.max(MIN_PLOT, space.widthPx - left) / columns,
    Math.max(MIN_PLOT, space.heightPx - top) / rows,
  );
  const most = Math.max(rows, columns);
  // Small cells would lose too much to rounding: theirs may differ by a device pixel instead.
  const cell =
    room < MIN_WHOLE_CELL
      ? Math.floor(room * most * pixelRatio) / pixelRatio / most
      : Math.min(MAX_CELL, Math.floor(room * pixelRatio) / pixelRatio);
  const plotWidth = cell * columns;
  const plotHeight = cell * rows;
  return {
    rows,
    columns,
    cell,
    plotWidth,
    plotHeight,
    left,
    top,
    width: left + plotWidth + 2,
    height: top + plotHeight + 2,
    tree,
    strip,
    columnLabels,
    level,
    pixelRatio,
  };
}

/** The cell at a point of the canvas in CSS px, or null outside the plot. */
export function cellAt(
  geometry: MapGeometry,
  x: number,
  y: number,
): { row: number; column: number } | null {
  const column = Math.floor((x - geometry.left) / geometry.cell);
  const row = Math.floor((y - geometry.top) / geometry.cell);
  const inside = row >= 0 && column >= 0 && row < geometry.rows && column < geometry.columns;
  return inside ? { row, column } : null;
}

/** Start of a row or column, from the start of the plot, rounded to a device pixel. */
export function edge(geometry: MapGeometry, position: number): number {
  return Math.round(position * geometry.cell * geometry.pixelRatio) / geometry.pixelRatio;
}
