/**
 * Spearman's rank correlation of two lists of scores of the same things; ties have the average of their ranks.
 *
 * @returns -1..1; undefined for fewer than two things, or where all scores of a list are equal.
 */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number | undefined {
  const [x, y] = [averageRanks(a), averageRanks(b)];
  const n = Math.min(x.length, y.length);
  const middle = (n + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [dx, dy] = [(x[i] ?? middle) - middle, (y[i] ?? middle) - middle];
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  return xx === 0 || yy === 0 ? undefined : xy / Math.sqrt(xx * yy);
}

/** Ranks from 1 for the smallest; equal values share the mean of theirs. */
export function averageRanks(values: readonly number[]): number[] {
  const order = values.map((_, at) => at).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to++;
    for (const at of order.slice(from, to)) ranks[at] = (from + 1 + to) / 2;
    from = to;
  }
  return ranks;
}

/**
 * Kendall's tau-b of two lists of scores of the same things: pairs in the same order less pairs in the other, over those
 * that are no ties.
 *
 * @returns -1..1; undefined for fewer than two things, or where all scores of a list are equal.
 */
export function kendallTau(a: readonly number[], b: readonly number[]): number | undefined {
  const n = Math.min(a.length, b.length);
  let [sum, untiedA, untiedB] = [0, 0, 0];
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const x = Math.sign((a[i] ?? 0) - (a[j] ?? 0));
      const y = Math.sign((b[i] ?? 0) - (b[j] ?? 0));
      sum += x * y;
      untiedA += x * x;
      untiedB += y * y;
    }
  return untiedA === 0 || untiedB === 0 ? undefined : sum / Math.sqrt(untiedA * untiedB);
}
