import type { PanelMatrix } from '../../../src/protocol/panel.ts';
import { averageLinkage, type Merge } from './averageLinkage.ts';
import { leafOrder } from './leafOrder.ts';

/** A bracket of the drawn tree: it joins places `from` and `to` of the order (halves where a cluster stands). */
export interface Bracket {
  from: number;
  to: number;
  /** Distance 1 - u at which each end begins, and at which they are joined. */
  fromHeight: number;
  toHeight: number;
  height: number;
}

export interface ClusterTree {
  /** Trajectory indices in the order of the leaves. */
  order: readonly number[];
  brackets: readonly Bracket[];
}

const known = new WeakMap<PanelMatrix, ClusterTree>();

/**
 * The scored trajectories clustered by how little they agree, 1 - u (the mean of both directions where u is not
 * symmetric), average linkage. The better-scored end of the order comes first. Kept for as long as the matrix is.
 *
 * @param scores of the matrix's trajectories, in its order.
 */
export function clusterTree(matrix: PanelMatrix, scores: readonly (number | null)[]): ClusterTree {
  const before = known.get(matrix);
  if (before !== undefined) return before;
  const n = matrix.indices.length;
  const distances = distancesOf(matrix);
  const merges = averageLinkage(distances, n);
  const found = leafOrder(merges, distances, n);
  const order = startsBetter(found, scores) ? found : found.toReversed();
  const tree = {
    order: order.map((leaf) => matrix.indices[leaf] ?? 0),
    brackets: bracketsOf(merges, order),
  };
  known.set(matrix, tree);
  return tree;
}

/** Symmetric n x n; where a utility is missing, as far as the farthest pair that has one. */
export function distancesOf({ indices, values }: PanelMatrix): Float64Array {
  const n = indices.length;
  const distances = new Float64Array(n * n);
  let farthest = 0;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      if (i === j) continue;
      const there = values[i * n + j] ?? Number.NaN;
      const back = values[j * n + i] ?? Number.NaN;
      const distance = 1 - (there + back) / 2;
      distances[i * n + j] = distance;
      if (distance > farthest) farthest = distance;
    }
  for (let at = 0; at < distances.length; at++)
    if (Number.isNaN(distances[at])) distances[at] = farthest;
  return distances;
}

function startsBetter(order: readonly number[], scores: readonly (number | null)[]): boolean {
  const half = Math.floor(order.length / 2);
  const mean = (leaves: readonly number[]): number =>
    leaves.reduce((sum, leaf) => sum + (scores[leaf] ?? 0), 0);
  return mean(order.slice(0, half)) >= mean(order.slice(order.length - half));
}

function bracketsOf(merges: readonly Merge[], order: readonly number[]): Bracket[] {
  const n = order.length;
  const places = new Float64Array(n + merges.length);
  const heights = new Float64Array(n + merges.length);
  order.forEach((leaf, place) => {
    places[leaf] = place;
  });
  return merges.map(({ left, right, height }, k) => {
    const ends = [left, right].map((id) => ({ at: places[id] ?? 0, height: heights[id] ?? 0 }));
    const [from, to] = ends.sort((a, b) => a.at - b.at);
    const bracket = {
      from: from?.at ?? 0,
      to: to?.at ?? 0,
      fromHeight: from?.height ?? 0,
      toHeight: to?.height ?? 0,
      height,
    };
    places[n + k] = (bracket.from + bracket.to) / 2;
    heights[n + k] = height;
    return bracket;
  });
}
