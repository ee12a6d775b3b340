import type { PanelState } from './state.ts';

/** What the two text panes show: trajectory indices, and why these. */
export interface PaneSubjects {
  left: number | null;
  right: number | null;
  captions: { left: string; right: string };
}

/**
 * A cell shows its row and its column; a row alone is set against the chosen one (or, if it is that, the rejected one);
 * nothing selected shows the pair, or where there is none the first two rows.
 */
export function paneSubjects(state: PanelState): PaneSubjects {
  const { rows, selection, question } = state;
  const chosen = question?.pair.chosen?.index ?? null;
  const rejected = question?.pair.rejected?.index ?? null;
  if (selection === null) {
    const left = chosen ?? rows.find((index) => index !== rejected) ?? null;
    const right = rejected ?? rows.find((index) => index !== left) ?? null;
    return { left, right, captions: { left: '', right: '' } };
  }
  const { row, column } = selection;
  if (column !== null) {
    return { left: row, right: column, captions: { left: 'row i', right: 'column j' } };
  }
  const against = [chosen, rejected, ...rows].find((index) => index !== null && index !== row);
  return { left: row, right: against ?? null, captions: { left: 'row', right: '' } };
}
