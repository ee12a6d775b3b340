import type { PanelTrajectory, RowOrder } from '../../src/protocol/panel.ts';

/**
 * Trajectory indices in the order of the rows. By score: best first, ties by lower index (as the policy breaks them), and
 * those without a score last; where answers agree with each other, this makes them blocks of the heatmap.
 */
export function orderRows(trajectories: readonly PanelTrajectory[], order: RowOrder): number[] {
  const sorted = [...trajectories].sort((a, b) => {
    if (order === 'sample' || a.score === b.score) return a.index - b.index;
    if (a.score === null) return 1;
    if (b.score === null) return -1;
    return b.score - a.score;
  });
  return sorted.map((trajectory) => trajectory.index);
}

export function otherOrder(order: RowOrder): RowOrder {
  return order === 'score' ? 'sample' : 'score';
}
