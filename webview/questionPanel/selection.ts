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

const PAGE_ROWS = 10;

/**
 * Moves over the rows and columns of the heatmap. The hidden diagonal is stepped over, and where that would leave the
 * heatmap the row is taken alone. Without a selection, moves start at `pair`, which is what the panel shows then.
 */
export function moveSelection(
  rows: readonly number[],
  selection: Selection | null,
  pair: { chosen: number | null; rejected: number | null },
  move: Move,
): Selection | null {
  if (rows.length === 0) return null;
  const last = rows.length - 1;
  const pick = (row: number, column: number | null): Selection | null => {
    const rowIndex = rows[clamp(row, last)];
    if (rowIndex === undefined) return null;
    const columnIndex = column === null ? null : (rows[clamp(column, last)] ?? null);
    return { row: rowIndex, column: columnIndex === rowIndex ? null : columnIndex };
  };

  const row = positionOf(rows, selection === null ? pair.chosen : selection.row);
  const column = positionOf(rows, selection?.column ?? null);
  switch (move) {
    case 'up':
    case 'down':
    case 'pageUp':
    case 'pageDown': {
      if (row === null) return pick(0, null);
      const step = move === 'up' || move === 'pageUp' ? -1 : 1;
      const far = move === 'up' || move === 'down' ? 1 : PAGE_ROWS;
      const target = clamp(row + step * far, last);
      return pick(offDiagonal(target, step, column, last), column);
    }
    case 'left':
    case 'right': {
      const step = move === 'left' ? -1 : 1;
      const from =
        column ?? (selection === null ? positionOf(rows, pair.rejected) : null) ?? row ?? 0;
      const at = row ?? 0;
      return pick(at, offDiagonal(clamp(from + step, last), step, at, last));
    }
    case 'lineStart':
      return column === null ? pick(0, null) : pick(row ?? 0, offDiagonal(0, 1, row, last));
    case 'lineEnd':
      return column === null ? pick(last, null) : pick(row ?? 0, offDiagonal(last, -1, row, last));
    case 'first':
      return pick(offDiagonal(0, 1, column, last), column);
    case 'last':
      return pick(offDiagonal(last, -1, column, last), column);
  }
}

function offDiagonal(target: number, step: number, other: number | null, last: number): number {
  return target === other ? clamp(target + step, last) : target;
}

function positionOf(rows: readonly number[], index: number | null): number | null {
  const position = index === null ? -1 : rows.indexOf(index);
  return position < 0 ? null : position;
}

function clamp(position: number, last: number): number {
  return Math.max(0, Math.min(last, position));
}
