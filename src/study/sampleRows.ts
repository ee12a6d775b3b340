/**
 * The rows of a question's trajectories by their index. Nearly all questions have indices from 0 on in rows one after
 * another: these are one number, the first row and how many there are; all others are a list with holes.
 */
export type SampleRows = number | number[];

/** A run has fewer rows than this, so that first row and number fit into 53 bits together. */
const LIMIT = 2 ** 20;

export function rowAt(rows: SampleRows | undefined, index: number): number | undefined {
  if (rows === undefined) return undefined;
  if (typeof rows !== 'number') return rows[index];
  return index < rows % LIMIT ? Math.floor(rows / LIMIT) + index : undefined;
}

/** @returns the rows with one more, in place of those given. */
export function withRow(rows: SampleRows | undefined, index: number, row: number): SampleRows {
  if (rows === undefined && index === 0) return row * LIMIT + 1;
  if (typeof rows === 'number') {
    const count = rows % LIMIT;
    if (index === count && row === Math.floor(rows / LIMIT) + count && count + 1 < LIMIT)
      return rows + 1;
  }
  const list = rows === undefined ? [] : typeof rows === 'number' ? listOf(rows) : rows;
  list[index] = row;
  return list;
}

/** In the order of the indices. */
export function eachRow(
  rows: SampleRows | undefined,
  take: (row: number, index: number) => void,
): void {
  if (typeof rows === 'number') {
    const [first, count] = [Math.floor(rows / LIMIT), rows % LIMIT];
    for (let index = 0; index < count; index++) take(first + index, index);
  } else rows?.forEach(take);
}

function listOf(rows: SampleRows): number[] {
  const list: number[] = [];
  eachRow(rows, (row) => list.push(row));
  return list;
}
