import type { Bracket } from './clustering/clusterTree.ts';

const GAP_PX = 2;

/** A bracket as a line of corners, in CSS px of the plot's width and the strip's height: up, across, and down again. */
export function bracketLine(
  { from, to, fromHeight, toHeight, height }: Bracket,
  scale: { highest: number; cell: number; firstColumn: number; stripPx: number },
): [number, number][] {
  const x = (place: number): number => (place - scale.firstColumn + 0.5) * scale.cell;
  const y = (at: number): number =>
    scale.stripPx - GAP_PX - (at / scale.highest) * (scale.stripPx - 2 * GAP_PX);
  return [
    [x(from), y(fromHeight)],
    [x(from), y(height)],
    [x(to), y(height)],
    [x(to), y(toHeight)],
  ];
}

export function highestOf(brackets: readonly Bracket[]): number {
  return Math.max(1e-6, ...brackets.map(({ height }) => height));
}
