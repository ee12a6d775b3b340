import { edge, MIN_CELL_WITH_GAP } from './geometry.ts';
import type { HeatmapPicture } from './heatmapPicture.ts';
import { utilityAt } from './utilities.ts';

const HATCH_PX = 4;

/** A trajectory against itself and cells without a value are hatched, never coloured; too small for that, a line stands for them. */
export function drawHatching(context: CanvasRenderingContext2D, picture: HeatmapPicture): void {
  const { geometry, utilities, theme } = picture;
  const { left, top, rows, columns, cell } = geometry;
  context.beginPath();
  if (cell < MIN_CELL_WITH_GAP) {
    const places = new Map(utilities.columns.map((index, column) => [index, column]));
    for (let row = 0; row < rows; row++) {
      const column = places.get(utilities.rows[row] ?? -1);
      if (column === undefined) continue;
      context.moveTo(left + column * cell, top + row * cell);
      context.lineTo(left + (column + 1) * cell, top + (row + 1) * cell);
    }
  } else {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        if (utilityAt(utilities, row, column) !== null) continue;
        hatch(context, left + edge(geometry, column), top + edge(geometry, row), cell);
      }
    }
  }
  context.strokeStyle = theme.muted.formatHex();
  context.globalAlpha = theme.highContrast ? 1 : 0.5;
  context.lineWidth = 1;
  context.stroke();
  context.globalAlpha = 1;
}

/** Rising lines inside a square; without a clip, which would cost more than all the rest. */
function hatch(context: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  for (let offset = HATCH_PX; offset < 2 * size - 1; offset += HATCH_PX) {
    const near = Math.max(0, offset - size);
    const far = Math.min(size, offset);
    context.moveTo(x + far, y + near);
    context.lineTo(x + near, y + far);
  }
}
