import type { HeatmapPicture } from './heatmapPicture.ts';
import { SIDES } from './marks.ts';
import { rampPixel } from './ramp.ts';
import { bracketLine, highestOf } from './bracketLine.ts';
import { utilityAt } from './utilities.ts';

/**
 * The heatmap as shown, for a paper: cells are rectangles, those of one row with equal colours beside each other as one.
 * Only numbers and colours become markup.
 */
export function heatmapSvg(picture: HeatmapPicture): string {
  const { geometry, theme } = picture;
  const { width, height, left, top } = geometry;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<rect width="${width}" height="${height}" fill="${theme.background.formatHex()}"/>`,
    `<g transform="translate(${left} ${top})" shape-rendering="crispEdges">`,
    ...cells(picture),
    `<rect width="${round(geometry.plotWidth)}" height="${round(geometry.plotHeight)}" fill="none" stroke="${theme.muted.formatHex()}"/>`,
    '</g>',
    ...tree(picture),
    ...labels(picture),
    ...marks(picture),
    '</svg>',
    '',
  ].join('\n');
}

function cells({ geometry, utilities, ramp }: HeatmapPicture): string[] {
  const { rows, columns, cell } = geometry;
  const result: string[] = [];
  for (let row = 0; row < rows; row++) {
    let from = 0;
    let colour: number | null = null;
    for (let column = 0; column <= columns; column++) {
      const value = column < columns ? utilityAt(utilities, row, column) : null;
      const next = value === null ? null : rampPixel(ramp, value);
      if (column < columns && next === colour) continue;
      if (colour !== null)
        result.push(
          `<rect x="${round(from * cell)}" y="${round(row * cell)}" width="${round((column - from) * cell)}" height="${round(cell)}" fill="${hex(colour)}"/>`,
        );
      from = column;
      colour = next;
    }
  }
  return result;
}

function tree({ geometry, tree: shown, theme }: HeatmapPicture): string[] {
  if (shown === null) return [];
  const { left, cell, columns } = geometry;
  const { firstColumn, brackets } = shown;
  const scale = {
    highest: highestOf(brackets),
    cell,
    firstColumn,
    stripPx: geometry.tree,
  };
  const inside = brackets.filter(
    ({ from, to }) => from >= firstColumn && to <= firstColumn + columns - 1,
  );
  const lines = inside.map((bracket) =>
    bracketLine(bracket, scale)
      .map(([x, y], corner) => `${corner === 0 ? 'M' : 'L'}${round(x + left)} ${round(y)}`)
      .join(''),
  );
  return [`<path fill="none" stroke="${theme.muted.formatHex()}" d="${lines.join('')}"/>`];
}

function labels({ geometry, labels: names, theme }: HeatmapPicture): string[] {
  if (geometry.columnLabels === 'none') return [];
  const upright = geometry.columnLabels === 'upright';
  const style = `fill="${theme.muted.formatHex()}" font-family="sans-serif" font-size="${upright ? 10 : 11}"`;
  return names.map((name, column) => {
    const x = round(geometry.left + (column + 0.5) * geometry.cell);
    const y = geometry.top - (upright ? 14 : 18);
    return upright
      ? `<text ${style} transform="translate(${x + 3} ${y}) rotate(-90)">${name}</text>`
      : `<text ${style} x="${x}" y="${y}" text-anchor="middle">${name}</text>`;
  });
}

function marks({ geometry, pair, utilities, theme }: HeatmapPicture): string[] {
  const { left, top, cell } = geometry;
  return SIDES.flatMap((side) => {
    const column = utilities.columns.indexOf(pair[side]?.index ?? -1);
    if (column < 0) return [];
    const x = round(left + (column + 0.5) * cell);
    const [tip, base] = side === 'chosen' ? [top - 11, top - 3] : [top - 3, top - 11];
    const points = `${x},${tip} ${x + 4.5},${base} ${x - 4.5},${base}`;
    return [
      `<polygon points="${points}" fill="${theme[side].formatHex()}"><title>${side}</title></polygon>`,
    ];
  });
}

/** From the bytes red green blue alpha as they lie in an `ImageData` of a little-endian machine. */
function hex(pixel: number): string {
  const byte = (shift: number): string => ((pixel >>> shift) & 255).toString(16).padStart(2, '0');
  return `#${byte(0)}${byte(8)}${byte(16)}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
