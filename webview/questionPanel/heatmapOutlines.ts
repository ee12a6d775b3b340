import { edge } from './geometry.ts';
import type { HeatmapPicture } from './heatmapPicture.ts';
import type { Region } from './region.ts';

/** Outlines of a cell, or of a row alone, over the finished heatmap; places are those shown, -1 is none. */
export function drawFocus(
  context: CanvasRenderingContext2D,
  picture: HeatmapPicture,
  at: { row: number; column: number },
  kind: 'focus' | 'hover',
): void {
  const { geometry, theme } = picture;
  const { left, top, plotWidth, plotHeight } = geometry;
  if (at.row < 0) return;
  const [y, height] = spanOf(picture, at.row, at.row + 1);
  if (at.column < 0) {
    outline(context, picture, { x: 0, y, width: plotWidth, height }, 1.5, kind);
    return;
  }
  const [x, width] = spanOf(picture, at.column, at.column + 1);
  if (kind === 'focus') {
    context.fillStyle = theme.focus.formatHex();
    // A tick beside the plot finds the row and the column of a cell that is only a few pixels wide.
    context.fillRect(left - 2, top + y, 2, height);
    context.fillRect(left + x, top - 2, width, 2);
    context.globalAlpha = 0.55;
    context.strokeStyle = theme.focus.formatHex();
    context.lineWidth = 1;
    context.strokeRect(left, top + y, plotWidth, height);
    context.strokeRect(left + x, top, width, plotHeight);
    context.globalAlpha = 1;
  }
  const grow = geometry.cell < 8 ? 2 : 0;
  const box = { x: x - grow, y: y - grow, width: width + 2 * grow, height: height + 2 * grow };
  outline(context, picture, box, kind === 'focus' ? 2 : 1, kind);
}

/** What is marked to be zoomed into; places are those shown, and may lie beyond them. */
export function drawBrush(
  context: CanvasRenderingContext2D,
  picture: HeatmapPicture,
  { rows, columns }: Region,
): void {
  const { geometry, theme } = picture;
  const within = (place: number, count: number): number => Math.max(0, Math.min(count, place));
  const [y, height] = spanOf(
    picture,
    within(rows.from, geometry.rows),
    within(rows.to, geometry.rows),
  );
  const [x, width] = spanOf(
    picture,
    within(columns.from, geometry.columns),
    within(columns.to, geometry.columns),
  );
  context.fillStyle = theme.focus.formatHex();
  context.globalAlpha = 0.18;
  context.fillRect(geometry.left + x, geometry.top + y, width, height);
  context.globalAlpha = 1;
  context.setLineDash([4, 3]);
  outline(context, picture, { x, y, width, height }, 1, 'focus');
  context.setLineDash([]);
}

function spanOf({ geometry }: HeatmapPicture, from: number, to: number): [number, number] {
  const start = edge(geometry, from);
  return [start, edge(geometry, to) - start];
}

function outline(
  context: CanvasRenderingContext2D,
  { geometry, theme }: HeatmapPicture,
  box: { x: number; y: number; width: number; height: number },
  line: number,
  kind: 'focus' | 'hover',
): void {
  // The halo keeps the outline visible on cells of its own colour.
  for (const [colour, widthPx] of [
    [theme.background, line + 2],
    [kind === 'focus' ? theme.focus : theme.foreground, line],
  ] as const) {
    context.strokeStyle = colour.formatHex();
    context.lineWidth = widthPx;
    context.strokeRect(geometry.left + box.x, geometry.top + box.y, box.width, box.height);
  }
}
