import type { Merge } from './averageLinkage.ts';

/** Above this many leaves the exact order would keep the panel waiting: neighbours are matched greedily instead. */
export const MOST_EXACT_LEAVES = 200;

/**
 * Leaves of a tree in the order that makes the sum of distances between neighbours least among all orders that the tree
 * allows (Bar-Joseph, Gifford, Jaakkola 2001), O(n^3). Beyond `MOST_EXACT_LEAVES`, children are turned so that their
 * nearest ends meet.
 *
 * @param distances n x n, symmetric.
 */
export function leafOrder(
  merges: readonly Merge[],
  distances: Float64Array,
  n: number,
): readonly number[] {
  if (n < 2) return n === 1 ? [0] : [];
  return n > MOST_EXACT_LEAVES
    ? greedyOrder(merges, distances, n)
    : new ExactOrder(merges, distances, n).order();
}

function greedyOrder(merges: readonly Merge[], distances: Float64Array, n: number): number[] {
  const orders: number[][] = Array.from({ length: n }, (_, leaf) => [leaf]);
  for (const { left, right } of merges) {
    const a = orders[left] ?? [];
    const b = orders[right] ?? [];
    const gap = (i: number | undefined, j: number | undefined): number =>
      distances[(i ?? 0) * n + (j ?? 0)] ?? 0;
    const choices = [
      { gap: gap(a.at(-1), b[0]), turnA: false, turnB: false },
      { gap: gap(a.at(-1), b.at(-1)), turnA: false, turnB: true },
      { gap: gap(a[0], b[0]), turnA: true, turnB: false },
      { gap: gap(a[0], b.at(-1)), turnA: true, turnB: true },
    ];
    const best = choices.reduce((least, choice) => (choice.gap < least.gap ? choice : least));
    orders.push([...(best.turnA ? a.toReversed() : a), ...(best.turnB ? b.toReversed() : b)]);
  }
  return orders.at(-1) ?? [];
}

/**
 * `#cost[u * n + w]` is the least sum of the smallest subtree that holds leaves u and w, with u at one end and w at the
 * other. Every pair of leaves has one such subtree, so one n x n table serves the whole tree.
 */
class ExactOrder {
  readonly #n: number;
  readonly #distances: Float64Array;
  readonly #merges: readonly Merge[];
  readonly #leaves: number[][];
  readonly #cost: Float64Array;
  /** For ends u (in the left child) and w (in the right): the leaves that meet in the middle. */
  readonly #meetLeft: Int16Array;
  readonly #meetRight: Int16Array;

  constructor(merges: readonly Merge[], distances: Float64Array, n: number) {
    this.#n = n;
    this.#distances = distances;
    this.#merges = merges;
    this.#leaves = Array.from({ length: n }, (_, leaf) => [leaf]);
    this.#cost = new Float64Array(n * n);
    this.#meetLeft = new Int16Array(n * n);
    this.#meetRight = new Int16Array(n * n);
    for (const merge of merges) this.#join(merge);
  }

  order(): number[] {
    const root = this.#merges.at(-1);
    if (root === undefined) return [0];
    let best: [number, number] = [0, 0];
    let least = Number.POSITIVE_INFINITY;
    for (const u of this.#leaves[root.left] ?? [])
      for (const w of this.#leaves[root.right] ?? []) {
        const cost = this.#cost[u * this.#n + w] ?? 0;
        if (cost < least) {
          least = cost;
          best = [u, w];
        }
      }
    return this.#between(this.#n + this.#merges.length - 1, ...best);
  }

  #join({ left, right }: Merge): void {
    const n = this.#n;
    const a = this.#leaves[left] ?? [];
    const b = this.#leaves[right] ?? [];
    const reach = new Float64Array(n);
    const via = new Int16Array(n);
    for (const u of a) {
      // From u through the left child to each leaf k of the right child.
      const inner = this.#opposite(left, u);
      for (const k of b) {
        let least = Number.POSITIVE_INFINITY;
        for (const m of inner) {
          const cost = (this.#cost[u * n + m] ?? 0) + (this.#distances[m * n + k] ?? 0);
          if (cost < least) {
            least = cost;
            via[k] = m;
          }
        }
        reach[k] = least;
      }
      for (const w of b) {
        let least = Number.POSITIVE_INFINITY;
        for (const k of this.#opposite(right, w)) {
          const cost = (reach[k] ?? 0) + (this.#cost[k * n + w] ?? 0);
          if (cost >= least) continue;
          least = cost;
          this.#meetLeft[u * n + w] = via[k] ?? 0;
          this.#meetRight[u * n + w] = k;
        }
        this.#cost[u * n + w] = least;
        this.#cost[w * n + u] = least;
      }
    }
    this.#leaves.push([...a, ...b]);
  }

  /** The leaves that can stand at the other end of a cluster when `leaf` stands at one. */
  #opposite(cluster: number, leaf: number): readonly number[] {
    const merge = this.#merges[cluster - this.#n];
    if (merge === undefined) return [leaf];
    const left = this.#leaves[merge.left] ?? [];
    const inLeft = left.includes(leaf);
    return inLeft ? (this.#leaves[merge.right] ?? []) : left;
  }

  #between(cluster: number, first: number, last: number): number[] {
    const merge = this.#merges[cluster - this.#n];
    if (merge === undefined) return [first];
    const forwards = (this.#leaves[merge.left] ?? []).includes(first);
    const [u, w] = forwards ? [first, last] : [last, first];
    const at = u * this.#n + w;
    const order = [
      ...this.#between(merge.left, u, this.#meetLeft[at] ?? 0),
      ...this.#between(merge.right, this.#meetRight[at] ?? 0, w),
    ];
    return forwards ? order : order.reverse();
  }
}
