import { drawHatching } from './hatching.ts';
import { edge, MIN_CELL_WITH_GAP } from './geometry.ts';
import type { HeatmapPicture, PictureColours } from './heatmapPicture.ts';
import { SIDES, type Side } from './marks.ts';
import { rampPixel } from './ramp.ts';
import { drawScoreStrip } from './scoreStrip.ts';
import { drawTree } from './treeDrawing.ts';
import { utilityAt } from './utilities.ts';

const MARK_PX = 4.5;

/** Everything that stays while the focus moves. Sizes are CSS px; the context is scaled to device pixels. */
export function drawHeatmap(context: CanvasRenderingContext2D, picture: HeatmapPicture): void {
  const { geometry, theme } = picture;
  context.save();
  context.clearRect(0, 0, geometry.width, geometry.height);
  drawCells(context, picture);
  drawHatching(context, picture);
  context.strokeStyle = (theme.highContrast ? theme.foreground : theme.muted).formatHex();
  context.globalAlpha = theme.highContrast ? 1 : 0.5;
  context.lineWidth = 1 / geometry.pixelRatio;
  context.strokeRect(geometry.left, geometry.top, geometry.plotWidth, geometry.plotHeight);
  context.globalAlpha = 1;
  drawTree(context, picture);
  drawScoreStrip(context, picture);
  drawLabels(context, picture);
  drawMarks(context, picture);
  context.restore();
}

/** One pixel a cell, enlarged without smoothing: the cost hardly depends on N. */
function drawCells(context: CanvasRenderingContext2D, picture: HeatmapPicture): void {
  const { geometry, utilities, ramp, theme } = picture;
  const { rows, columns } = geometry;
  const pixels = new Uint32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const value = utilityAt(utilities, row, column);
      if (value !== null) pixels[row * columns + column] = rampPixel(ramp, value);
    }
  }
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), columns, rows);
  const small = new OffscreenCanvas(columns, rows);
  small.getContext('2d')?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  const { left, top, plotWidth, plotHeight } = geometry;
  context.drawImage(small, left, top, plotWidth, plotHeight);
  if (geometry.cell < MIN_CELL_WITH_GAP) return;
  context.fillStyle = theme.background.formatHex();
  for (let column = 1; column < columns; column++)
    context.fillRect(left + edge(geometry, column) - 0.5, top, 1, plotHeight);
  for (let row = 1; row < rows; row++)
    context.fillRect(left, top + edge(geometry, row) - 0.5, plotWidth, 1);
}

function drawLabels(context: CanvasRenderingContext2D, picture: HeatmapPicture): void {
  const { geometry, theme, labels } = picture;
  if (geometry.columnLabels === 'none') return;
  const upright = geometry.columnLabels === 'upright';
  context.fillStyle = theme.muted.formatHex();
  context.font = `${upright ? '10px' : '11px'} ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  context.textAlign = upright ? 'left' : 'center';
  labels.forEach((label, position) => {
    const x = geometry.left + (position + 0.5) * geometry.cell;
    if (upright) {
      context.save();
      context.translate(x, geometry.top - 14);
      context.rotate(-Math.PI / 2);
      context.fillText(label, 0, 0);
      context.restore();
    } else {
      context.fillText(label, x, geometry.top - 21);
    }
  });
}

/** Triangles at the columns of the pair and, where the score list does not stand beside them, at its rows. */
function drawMarks(context: CanvasRenderingContext2D, picture: HeatmapPicture): void {
  const { geometry, pair, utilities, theme } = picture;
  for (const side of SIDES) {
    const picked = pair[side]?.index ?? null;
    const policy = pair.policy[side];
    for (const [index, filled] of [
      [policy, policy === picked],
      [picked, true],
    ] as const) {
      if (index === null) continue;
      const column = utilities.columns.indexOf(index);
      const row = utilities.rows.indexOf(index);
      const along = (position: number): number => (position + 0.5) * geometry.cell;
      if (column >= 0)
        triangle(context, theme, side, filled, geometry.left + along(column), geometry.top - 7);
      if (row >= 0 && !geometry.level)
        triangle(context, theme, side, filled, geometry.left - 7, geometry.top + along(row));
    }
  }
}

function triangle(
  context: CanvasRenderingContext2D,
  theme: PictureColours,
  side: Side,
  filled: boolean,
  x: number,
  y: number,
): void {
  const tip = side === 'chosen' ? -MARK_PX : MARK_PX;
  context.beginPath();
  context.moveTo(x, y + tip);
  context.lineTo(x + MARK_PX, y - tip);
  context.lineTo(x - MARK_PX, y - tip);
  context.closePath();
  context.fillStyle = theme[side].formatHex();
  context.strokeStyle = theme[side].formatHex();
  context.lineWidth = 1;
  if (filled) context.fill();
  else context.stroke();
}
