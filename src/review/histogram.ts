export interface Histogram {
  /** One more than there are bins. */
  edges: number[];
  /** For each of the given series the counts by bin. */
  counts: number[][];
}

/** Of float32 scores, as a part of their size. */
const SAME = 1e-6;

/** Widths that read well on a scale, times a power of ten. */
const STEPS = [1, 2, 5, 10] as const;

/** Counts values in bins of equal, round width, at most `most` of them; all series share the bins. */
export function histogram(series: readonly (readonly number[])[], most = 24): Histogram {
  let low = Infinity;
  let high = -Infinity;
  for (const values of series)
    for (const value of values) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  if (low > high) return { edges: [0, 1], counts: series.map(() => [0]) };
  // What differs by rounding alone is equal, and lies in one bin about as large as itself.
  const equal = high - low <= SAME * Math.max(Math.abs(low), Math.abs(high));
  const step = roundStep(equal ? Math.abs(high) / 4 || 1 : (high - low) / most);
  // An end of a bin belongs to the one before it where there is one alone: a share of 1 is not drawn beyond 1.
  const first = equal && high > 0 ? Math.ceil(high / step - 1e-9) - 1 : Math.floor(low / step);
  // The highest value belongs into the last bin, not to one of its own.
  const bins = Math.max(1, Math.ceil(high / step - 1e-9) - first);
  const counts = series.map((values) => {
    const counted = Array.from({ length: bins }, () => 0);
    for (const value of values) {
      const bin = Math.min(bins - 1, Math.max(0, Math.floor(value / step + 1e-9) - first));
      counted[bin] = (counted[bin] ?? 0) + 1;
    }
    return counted;
  });
  const edges = Array.from({ length: bins + 1 }, (_, at) =>
    Number(((first + at) * step).toPrecision(12)),
  );
  return { edges, counts };
}

function roundStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return power * (STEPS.find((step) => raw <= step * power * (1 + 1e-9)) ?? 10);
}
