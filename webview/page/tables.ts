import type { ReportTable } from '../../src/protocol/report.ts';
import { element } from '../element.ts';

export function plainTable({ caption, rows }: ReportTable): HTMLElement {
  return element(
    'table',
    {},
    element('caption', {}, caption),
    element(
      'tbody',
      {},
      ...rows.map(({ label, value }) =>
        element('tr', {}, element('th', { scope: 'row' }, label), element('td', {}, value)),
      ),
    ),
  );
}

export function heading(title: string, buttons: readonly HTMLElement[]): HTMLElement {
  return element('div', { class: 'heading' }, element('h2', {}, title), ...buttons);
}
