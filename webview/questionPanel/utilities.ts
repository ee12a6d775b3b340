import type { PanelMatrix } from '../../src/protocol/panel.ts';

/** Utilities in the order shown: `values[row * columns.length + column]`, NaN where there is none. */
export interface Utilities {
  rows: readonly number[];
  columns: readonly number[];
  values: Float32Array;
  /** Smallest and largest value of the whole matrix off its diagonal; both 0 where there is none. */
  low: number;
  high: number;
}

const ranges = new WeakMap<PanelMatrix, { low: number; high: number }>();

/** Every row and column shown is here, also that of a failed trajectory, so that the list and the heatmap stay level. */
export function utilitiesInOrder(
  matrix: PanelMatrix,
  rows: readonly number[],
  columns: readonly number[] = rows,
): Utilities {
  const width = matrix.indices.length;
  const positions = new Map(matrix.indices.map((index, position) => [index, position]));
  const from = columns.map((index) => positions.get(index) ?? -1);
  const values = new Float32Array(rows.length * columns.length).fill(Number.NaN);
  rows.forEach((index, row) => {
    const fromRow = positions.get(index);
    if (fromRow === undefined) return;
    from.forEach((fromColumn, column) => {
      if (fromColumn < 0) return;
      values[row * columns.length + column] = matrix.values[fromRow * width + fromColumn] ?? NaN;
    });
  });
  return { rows, columns, values, ...rangeOf(matrix) };
}

/** The utility at places (row, column) of what is shown, or null where there is none to show: a trajectory against itself. */
export function utilityAt(utilities: Utilities, row: number, column: number): number | null {
  if (utilities.rows[row] === utilities.columns[column]) return null;
  const value = utilities.values[row * utilities.columns.length + column];
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** u(candidate, reference) of two trajectories, by index. */
export function utilityOf(
  matrix: PanelMatrix | null,
  candidate: number,
  reference: number,
): number | null {
  if (matrix === null || candidate === reference) return null;
  const { indices, values } = matrix;
  const [row, column] = [indices.indexOf(candidate), indices.indexOf(reference)];
  const value = row < 0 || column < 0 ? undefined : values[row * indices.length + column];
  return value === undefined || Number.isNaN(value) ? null : value;
}

function rangeOf(matrix: PanelMatrix): { low: number; high: number } {
  const known = ranges.get(matrix);
  if (known !== undefined) return known;
  const n = matrix.indices.length;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const value = matrix.values[i * n + j] ?? Number.NaN;
      if (i === j || Number.isNaN(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  const range = low > high ? { low: 0, high: 0 } : { low, high };
  ranges.set(matrix, range);
  return range;
}
