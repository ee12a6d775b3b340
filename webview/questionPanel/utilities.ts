import type { PanelMatrix } from '../../src/protocol/panel.ts';

/** Utilities in the order of the rows: `values[i * count + j]`, NaN where a trajectory was not scored. */
export interface Utilities {
  count: number;
  values: Float32Array;
  /** Smallest and largest value off the diagonal; both 0 where there is none. */
  low: number;
  high: number;
}

/** Every row of the list has its row here, also a failed one, so that the list and the heatmap stay level. */
export function utilitiesInOrder(matrix: PanelMatrix, rows: readonly number[]): Utilities {
  const width = matrix.indices.length;
  const positions = new Map(matrix.indices.map((index, position) => [index, position]));
  const from = rows.map((index) => positions.get(index) ?? -1);
  const count = rows.length;
  const values = new Float32Array(count * count).fill(Number.NaN);
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  from.forEach((fromRow, i) => {
    if (fromRow < 0) return;
    from.forEach((fromColumn, j) => {
      if (fromColumn < 0) return;
      const value = matrix.values[fromRow * width + fromColumn] ?? Number.NaN;
      values[i * count + j] = value;
      if (i === j || Number.isNaN(value)) return;
      low = Math.min(low, value);
      high = Math.max(high, value);
    });
  });
  return low > high ? { count, values, low: 0, high: 0 } : { count, values, low, high };
}

/** The utility at positions (row, column) of the order, or null where there is none to show. */
export function utilityAt(utilities: Utilities, row: number, column: number): number | null {
  if (row === column) return null;
  const value = utilities.values[row * utilities.count + column];
  return value === undefined || Number.isNaN(value) ? null : value;
}
