import { ROW_ORDERS, type SavedPanel } from '../../src/protocol/panel.ts';
import type { Selection } from './selection.ts';

/** What the editor kept for us may come from another version: anything unexpected counts as nothing kept. */
export function readSaved(saved: unknown): SavedPanel | null {
  if (!isObject(saved)) return null;
  const { study, questionId, order, table, compare, context, selection, filter } = saved;
  const { contextShare, panel } = saved;
  if (typeof study !== 'string' || typeof questionId !== 'string') return null;
  return {
    study,
    questionId,
    panel: typeof panel === 'string' ? panel : null,
    order: ROW_ORDERS.find((known) => known === order) ?? 'score',
    table: table === true,
    compare: compare === true,
    context: context !== false,
    contextShare:
      typeof contextShare === 'number' && contextShare > 0 && contextShare < 1
        ? contextShare
        : null,
    filter: typeof filter === 'string' ? filter : null,
    selection: readSelection(selection),
  };
}

function readSelection(saved: unknown): Selection | null {
  if (!isObject(saved)) return null;
  const { row, column } = saved;
  return typeof row === 'number'
    ? { row, column: typeof column === 'number' ? column : null }
    : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
