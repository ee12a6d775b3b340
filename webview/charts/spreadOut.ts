import { round } from './chartShapes.ts';

/** Between labels, in pixels. */
export const LABEL_GAP = 17;

/** Moves labels down until none lies on another or below `bottom`, in the order of their heights. */
export function spreadOut(heights: readonly number[], bottom: number): number[] {
  const order = heights.map((_, at) => at).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const placed = [...heights];
  let last = -Infinity;
  for (const at of order) {
    last = Math.max(heights[at] ?? 0, last + LABEL_GAP);
    placed[at] = round(last);
  }
  // Back up where the lowest would leave the chart.
  let limit = bottom;
  for (const at of order.toReversed()) {
    placed[at] = Math.min(placed[at] ?? 0, limit);
    limit = (placed[at] ?? 0) - LABEL_GAP;
  }
  return placed;
}
