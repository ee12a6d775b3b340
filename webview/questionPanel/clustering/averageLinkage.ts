/** Two clusters become one: ids below n are leaves, n + k is what merge k made. `height` is their distance. */
export interface Merge {
  left: number;
  right: number;
  height: number;
}

/**
 * Hierarchical clustering by average linkage (UPGMA) along chains of nearest neighbours, O(n^2). Merges come by rising
 * height; equal distances go to the lower index, so that the same matrix always gives the same tree.
 *
 * @param distances n x n, symmetric; the diagonal is not looked at.
 */
export function averageLinkage(distances: Float64Array, n: number): Merge[] {
  const between = Float64Array.from(distances);
  const sizes = new Float64Array(n).fill(1);
  const alive = new Uint8Array(n).fill(1);
  const chain: number[] = [];
  const joined: { a: number; b: number; height: number }[] = [];
  while (joined.length < n - 1) {
    if (chain.length === 0) chain.push(alive.indexOf(1));
    const tip = chain.at(-1) ?? 0;
    const before = chain.at(-2) ?? -1;
    const near = nearest(between, alive, n, tip, before);
    if (near !== before) {
      chain.push(near);
      continue;
    }
    chain.length -= 2;
    const [a, b] = tip < before ? [tip, before] : [before, tip];
    joined.push({ a, b, height: between[a * n + b] ?? 0 });
    absorb(between, alive, sizes, n, a, b);
  }
  return named(joined, n);
}

/** The cluster before in the chain wins a tie: otherwise a chain could go round for ever. */
function nearest(
  between: Float64Array,
  alive: Uint8Array,
  n: number,
  of: number,
  before: number,
): number {
  let best = before;
  let least = before < 0 ? Number.POSITIVE_INFINITY : (between[of * n + before] ?? 0);
  for (let other = 0; other < n; other++) {
    if (alive[other] === 0 || other === of) continue;
    const distance = between[of * n + other] ?? 0;
    if (distance < least || best < 0) {
      least = distance;
      best = other;
    }
  }
  return best;
}

/** `a` becomes the cluster of both: the mean over its leaves (Lance and Williams). */
function absorb(
  between: Float64Array,
  alive: Uint8Array,
  sizes: Float64Array,
  n: number,
  a: number,
  b: number,
): void {
  const [sizeA, sizeB] = [sizes[a] ?? 0, sizes[b] ?? 0];
  for (let other = 0; other < n; other++) {
    if (alive[other] === 0 || other === a || other === b) continue;
    const mean =
      (sizeA * (between[a * n + other] ?? 0) + sizeB * (between[b * n + other] ?? 0)) /
      (sizeA + sizeB);
    between[a * n + other] = mean;
    between[other * n + a] = mean;
  }
  sizes[a] = sizeA + sizeB;
  alive[b] = 0;
}

function named(joined: { a: number; b: number; height: number }[], n: number): Merge[] {
  const order = joined.map((_, at) => at);
  order.sort((x, y) => (joined[x]?.height ?? 0) - (joined[y]?.height ?? 0) || x - y);
  const cluster = Array.from({ length: n }, (_, leaf) => leaf);
  const parent = Array.from({ length: n }, (_, leaf) => leaf);
  const root = (leaf: number): number => {
    let at = leaf;
    while (parent[at] !== at) at = parent[at] ?? at;
    return at;
  };
  return order.map((at, k) => {
    const { a, b, height } = joined[at] ?? { a: 0, b: 0, height: 0 };
    const [rootA, rootB] = [root(a), root(b)];
    const merge = { left: cluster[rootA] ?? 0, right: cluster[rootB] ?? 0, height };
    parent[rootB] = rootA;
    cluster[rootA] = n + k;
    return merge;
  });
}
