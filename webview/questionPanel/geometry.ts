/** How the parts of the panel stand: all in one row, texts under the heatmap, or everything under each other. */
export type Layout = 'wide' | 'wrapped' | 'stacked';

/** Widths in CSS px, so that zoom wraps the panel as a narrow window does. */
export function layoutFor(widthPx: number): Layout {
  if (widthPx >= 1120) return 'wide';
  return widthPx >= 560 ? 'wrapped' : 'stacked';
}

export interface MapGeometry {
  count: number;
  /** Edge of the square plot and of one cell, in CSS px. */
  plot: number;
  cell: number;
  /** Where the plot begins in the canvas. */
  left: number;
  top: number;
  width: number;
  height: number;
  columnLabels: 'across' | 'upright' | 'none';
  /** Whether a row is high enough for the score list to stand level with the heatmap, row by row. */
  level: boolean;
  pixelRatio: number;
}

const MAX_CELL = 40;
const MIN_LEVEL_CELL = 14;
const MIN_WHOLE_CELL = 6;
const MIN_PLOT = 140;
const MARK_STRIP = 14;
const LABEL_STRIP = { across: 15, upright: 24, none: 0 };

/** Largest square heatmap for the space given, its edges on device pixels. */
export function mapGeometry(space: {
  count: number;
  widthPx: number;
  heightPx: number;
  pixelRatio: number;
}): MapGeometry {
  const count = Math.max(1, space.count);
  const rough = Math.min(space.widthPx, space.heightPx - MARK_STRIP - LABEL_STRIP.upright) / count;
  const columnLabels = rough >= 22 ? 'across' : rough >= 11 ? 'upright' : 'none';
  const top = MARK_STRIP + LABEL_STRIP[columnLabels];
  const level = rough >= MIN_LEVEL_CELL;
  const left = level ? 2 : MARK_STRIP;
  const room = Math.max(MIN_PLOT, Math.min(space.widthPx - left, space.heightPx - top));
  const { pixelRatio } = space;
  // Small cells would lose too much to rounding: theirs may differ by a device pixel instead.
  const cell =
    room / count < MIN_WHOLE_CELL
      ? Math.floor(room * pixelRatio) / pixelRatio / count
      : Math.min(MAX_CELL, Math.floor((room * pixelRatio) / count) / pixelRatio);
  const plot = cell * count;
  return {
    count,
    plot,
    cell,
    left,
    top,
    width: left + plot + 2,
    height: top + plot + 2,
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
  const inside = row >= 0 && column >= 0 && row < geometry.count && column < geometry.count;
  return inside ? { row, column } : null;
}

/** Start of a row or column, from the start of the plot, rounded to a device pixel. */
export function edge(geometry: MapGeometry, position: number): number {
  return Math.round(position * geometry.cell * geometry.pixelRatio) / geometry.pixelRatio;
}
