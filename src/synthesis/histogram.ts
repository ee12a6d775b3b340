/** How many values lie above `over` and up to `up_to`; `others` the same of the quantity they are held against. */
export interface Bin {
  over: number;
  up_to: number;
  count: number;
  others?: number;
}

const MOST_BINS = 32;

/**
 * Whole numbers above 0 in at most 32 ranges of a width that is a power of two, so that lengths of whole K fall on their
 * ends. A range holds its upper end: a context that was grown to a target lies in the range of the target.
 *
 * @param narrowest the least width of a range; a power of two.
 */
export function histogram(
  values: readonly number[],
  others?: readonly number[],
  narrowest = 1,
): Bin[] {
  const all = others ? [...values, ...others] : values;
  if (all.length === 0) return [];
  const bounds = (width: number) => ({
    first: Math.floor((lowest(all) - 1) / width),
    last: Math.ceil(highest(all) / width),
  });
  let width = narrowest;
  while (bounds(width).last - bounds(width).first > MOST_BINS) width *= 2;
  const { first, last } = bounds(width);
  const counted = (of: readonly number[]) => {
    const counts = new Map<number, number>();
    for (const value of of) {
      const bin = Math.ceil(value / width) - 1;
      counts.set(bin, (counts.get(bin) ?? 0) + 1);
    }
    return counts;
  };
  const [counts, otherCounts] = [counted(values), others && counted(others)];
  return Array.from({ length: last - first }, (_, index) => {
    const bin = first + index;
    return {
      over: bin * width,
      up_to: (bin + 1) * width,
      count: counts.get(bin) ?? 0,
      ...(otherCounts ? { others: otherCounts.get(bin) ?? 0 } : {}),
    };
  });
}

// Not Math.min(...values): a data set has more values than a call takes arguments.
function lowest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

function highest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 1);
}
