import { bracketLine, highestOf } from './bracketLine.ts';
import type { HeatmapPicture } from './heatmapPicture.ts';

/** The tree of the clustering over the columns: the higher a bracket, the less its two sides agree. */
export function drawTree(
  context: CanvasRenderingContext2D,
  { geometry, tree, theme }: HeatmapPicture,
): void {
  if (tree === null || geometry.tree === 0) return;
  const { left, plotWidth, cell } = geometry;
  context.save();
  context.beginPath();
  context.rect(left, 0, plotWidth, geometry.tree);
  context.clip();
  context.translate(left, 0);
  context.beginPath();
  const highest = highestOf(tree.brackets);
  for (const bracket of tree.brackets) {
    const scale = { highest, cell, firstColumn: tree.firstColumn, stripPx: geometry.tree };
    bracketLine(bracket, scale).forEach(([x, y], corner) => {
      if (corner === 0) context.moveTo(x, y);
      else context.lineTo(x, y);
    });
  }
  context.strokeStyle = (theme.highContrast ? theme.foreground : theme.muted).formatHex();
  context.lineWidth = cell < 6 ? 0.75 : 1;
  context.stroke();
  context.restore();
}
