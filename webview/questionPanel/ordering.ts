import { ROW_ORDERS, type PanelQuestion, type RowOrder } from '../../src/protocol/panel.ts';
import { clusterTree, type ClusterTree } from './clustering/clusterTree.ts';

/** Trajectory indices in the order of the heatmap, with the tree where it is that of a clustering. */
export interface Ordered {
  indices: readonly number[];
  tree: ClusterTree | null;
}

/**
 * By score: best first, ties by lower index (as the policy breaks them), and those without a score last. By cluster: those
 * that agree beside each other; without utilities there is nothing to cluster, and the order is that of the score.
 */
export function orderTrajectories(
  { trajectories, matrix }: Pick<PanelQuestion, 'trajectories' | 'matrix'>,
  order: RowOrder,
): Ordered {
  const sorted = [...trajectories].sort((a, b) => {
    if (order === 'sample' || a.score === b.score) return a.index - b.index;
    if (a.score === null) return 1;
    if (b.score === null) return -1;
    return b.score - a.score;
  });
  const indices = sorted.map((trajectory) => trajectory.index);
  if (order !== 'cluster' || matrix === null || matrix.indices.length < 2)
    return { indices, tree: null };
  const scores = new Map(trajectories.map(({ index, score }) => [index, score]));
  const tree = clusterTree(
    matrix,
    matrix.indices.map((index) => scores.get(index) ?? null),
  );
  const clustered = tree.order.filter((index) => scores.has(index));
  const inTree = new Set(clustered);
  return { indices: [...clustered, ...indices.filter((index) => !inTree.has(index))], tree };
}

export function nextOrder(order: RowOrder): RowOrder {
  const at = ROW_ORDERS.indexOf(order);
  return ROW_ORDERS[(at + 1) % ROW_ORDERS.length] ?? order;
}
