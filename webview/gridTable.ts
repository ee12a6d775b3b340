import type { ReportGrid } from '../src/protocol/report.ts';
import { element } from './element.ts';

/** A table with several columns; without a caption where that is empty. */
export function gridTable({ caption, columns, rows }: ReportGrid): HTMLElement {
  return element(
    'table',
    { class: 'grid' },
    ...(caption === '' ? [] : [element('caption', {}, caption)]),
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        element('td', {}),
        ...columns.map((column) => element('th', { scope: 'col' }, column)),
      ),
    ),
    element(
      'tbody',
      {},
      ...rows.map(({ label, cells }) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, label),
          ...cells.map((cell) => element('td', {}, cell)),
        ),
      ),
    ),
  );
}
