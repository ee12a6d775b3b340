/** What has the focus, by trajectory index: a cell, or with no column a row alone. */
export interface Selection {
  row: number;
  column: number | null;
}

export type Move =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'pageUp'
  | 'pageDown'
  | 'lineStart'
  | 'lineEnd'
  | 'first'
  | 'last';

/** Trajectory indices in the order of the heatmap; rows may be filtered, columns never are. */
export interface Axes {
  rows: readonly number[];
  columns: readonly number[];
}

const PAGE_ROWS = 10;

/**
 * Moves over the rows and columns of the heatmap. The hidden diagonal is stepped over, and where that would leave the
 * heatmap the row is taken alone. Without a selection, moves start at `pair`, which is what the panel shows then.
 */
export function moveSelection(
  { rows, columns }: Axes,
  selection: Selection | null,
  pair: { chosen: number | null; rejected: number | null },
  move: Move,
): Selection | null {
  if (rows.length === 0) return null;
  const lastRow = rows.length - 1;
  const lastColumn = columns.length - 1;
  const pick = (row: number, column: number | null): Selection | null => {
    const rowIndex = rows[clamp(row, lastRow)];
    if (rowIndex === undefined) return null;
    const columnIndex = column === null ? null : (columns[clamp(column, lastColumn)] ?? null);
    return { row: rowIndex, column: columnIndex === rowIndex ? null : columnIndex };
  };
  const offColumn = (target: number, step: number, column: number | null): number =>
    column !== null && rows[target] === columns[column] ? clamp(target + step, lastRow) : target;
  const offRow = (target: number, step: number, row: number | null): number =>
    row !== null && columns[target] === rows[row] ? clamp(target + step, lastColumn) : target;

  const row = positionOf(rows, selection === null ? pair.chosen : selection.row);
  const column = positionOf(columns, selection?.column ?? null);
  switch (move) {
    case 'up':
    case 'down':
    case 'pageUp':
    case 'pageDown': {
      if (row === null) return pick(0, null);
      const step = move === 'up' || move === 'pageUp' ? -1 : 1;
      const far = move === 'up' || move === 'down' ? 1 : PAGE_ROWS;
      const target = clamp(row + step * far, lastRow);
      return pick(offColumn(target, step, column), column);
    }
    case 'left':
    case 'right': {
      const step = move === 'left' ? -1 : 1;
      const at = row ?? 0;
      const from =
        column ??
        (selection === null ? positionOf(columns, pair.rejected) : null) ??
        positionOf(columns, rows[at] ?? null) ??
        0;
      return pick(at, offRow(clamp(from + step, lastColumn), step, at));
    }
    case 'lineStart':
      return column === null ? pick(0, null) : pick(row ?? 0, offRow(0, 1, row));
    case 'lineEnd':
      return column === null ? pick(lastRow, null) : pick(row ?? 0, offRow(lastColumn, -1, row));
    case 'first':
      return pick(offColumn(0, 1, column), column);
    case 'last':
      return pick(offColumn(lastRow, -1, column), column);
  }
}

function positionOf(order: readonly number[], index: number | null): number | null {
  const position = index === null ? -1 : order.indexOf(index);
  return position < 0 ? null : position;
}

function clamp(position: number, last: number): number {
  return Math.max(0, Math.min(last, position));
}
