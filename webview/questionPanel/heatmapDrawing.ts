import type { PanelPair } from '../../src/protocol/panel.ts';
import type { Theme } from '../theme.ts';
import { edge, type MapGeometry } from './geometry.ts';
import { SIDES, type Side } from './marks.ts';
import { rampPixel, type Ramp } from './ramp.ts';
import { utilityAt, type Utilities } from './utilities.ts';

export interface HeatmapPicture {
  geometry: MapGeometry;
  utilities: Utilities;
  ramp: Ramp;
  theme: Theme;
  rows: readonly number[];
  pair: PanelPair;
  /** Column labels, in the order of the rows. */
  labels: readonly string[];
}

const MIN_CELL_WITH_GAP = 9;
const HATCH_PX = 4;
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
  context.strokeRect(geometry.left, geometry.top, geometry.plot, geometry.plot);
  context.globalAlpha = 1;
  drawLabels(context, picture);
  drawMarks(context, picture);
  context.restore();
}

/** Outlines of a cell, or of a row alone, over the finished heatmap. */
export function drawFocus(
  context: CanvasRenderingContext2D,
  picture: HeatmapPicture,
  at: { row: number; column: number | null },
  kind: 'focus' | 'hover',
): void {
  const { geometry, theme } = picture;
  const span = (position: number): [number, number] => {
    const start = edge(geometry, position);
    return [start, edge(geometry, position + 1) - start];
  };
  const [y, height] = span(at.row);
  const outline = (x: number, top: number, width: number, tall: number, line: number): void => {
    // The halo keeps the outline visible on cells of its own colour.
    for (const [colour, widthPx] of [
      [theme.background, line + 2],
      [kind === 'focus' ? theme.focus : theme.foreground, line],
    ] as const) {
      context.strokeStyle = colour.formatHex();
      context.lineWidth = widthPx;
      context.strokeRect(geometry.left + x, geometry.top + top, width, tall);
    }
  };
  if (at.column === null) {
    outline(0, y, geometry.plot, height, 1.5);
    return;
  }
  const [x, width] = span(at.column);
  if (kind === 'focus') {
    context.fillStyle = theme.focus.formatHex();
    // A tick beside the plot finds the row and the column of a cell that is only a few pixels wide.
    context.fillRect(geometry.left - 2, geometry.top + y, 2, height);
    context.fillRect(geometry.left + x, geometry.top - 2, width, 2);
    context.globalAlpha = 0.55;
    context.strokeStyle = theme.focus.formatHex();
    context.lineWidth = 1;
    context.strokeRect(geometry.left, geometry.top + y, geometry.plot, height);
    context.strokeRect(geometry.left + x, geometry.top, width, geometry.plot);
    context.globalAlpha = 1;
  }
  const grow = geometry.cell < 8 ? 2 : 0;
  outline(x - grow, y - grow, width + 2 * grow, height + 2 * grow, kind === 'focus' ? 2 : 1);
}

/** One pixel a cell, enlarged without smoothing: the cost hardly depends on N. */
function drawCells(context: CanvasRenderingContext2D, picture: HeatmapPicture): void {
  const { geometry, utilities, ramp, theme } = picture;
  const { count } = utilities;
  const pixels = new Uint32Array(count * count);
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      const value = utilityAt(utilities, row, column);
      if (value !== null) pixels[row * count + column] = rampPixel(ramp, value);
    }
  }
  const image = new ImageData(new Uint8ClampedArray(pixels.buffer), count, count);
  const small = new OffscreenCanvas(count, count);
  small.getContext('2d')?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, geometry.left, geometry.top, geometry.plot, geometry.plot);
  if (geometry.cell < MIN_CELL_WITH_GAP) return;
  context.fillStyle = theme.background.formatHex();
  for (let position = 1; position < count; position++) {
    const at = edge(geometry, position);
    context.fillRect(geometry.left + at - 0.5, geometry.top, 1, geometry.plot);
    context.fillRect(geometry.left, geometry.top + at - 0.5, geometry.plot, 1);
  }
}

/** The diagonal and cells without a value are hatched, never coloured; too small for that, the diagonal is a line. */
function drawHatching(context: CanvasRenderingContext2D, picture: HeatmapPicture): void {
  const { geometry, utilities, theme } = picture;
  const { left, top, plot } = geometry;
  context.beginPath();
  if (geometry.cell < MIN_CELL_WITH_GAP) {
    context.moveTo(left, top);
    context.lineTo(left + plot, top + plot);
  } else {
    for (let row = 0; row < utilities.count; row++) {
      for (let column = 0; column < utilities.count; column++) {
        if (utilityAt(utilities, row, column) !== null) continue;
        hatch(context, left + edge(geometry, column), top + edge(geometry, row), geometry.cell);
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
  const { geometry, pair, rows } = picture;
  for (const side of SIDES) {
    const picked = pair[side]?.index ?? null;
    const policy = pair.policy[side];
    for (const [index, filled] of [
      [policy, policy === picked],
      [picked, true],
    ] as const) {
      const position = index === null ? -1 : rows.indexOf(index);
      if (position < 0) continue;
      const along = (position + 0.5) * geometry.cell;
      triangle(context, picture.theme, side, filled, geometry.left + along, geometry.top - 7);
      if (!geometry.level) {
        triangle(context, picture.theme, side, filled, geometry.left - 7, geometry.top + along);
      }
    }
  }
}

function triangle(
  context: CanvasRenderingContext2D,
  theme: Theme,
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
