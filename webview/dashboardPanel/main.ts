import type { DashboardRequest, DashboardView, ToDashboard } from '../../src/protocol/dashboard.ts';
import { chartSection } from '../charts/chartSection.ts';
import { element } from '../element.ts';
import { HostConnection } from '../hostConnection.ts';
import { barTable } from '../page/barTable.ts';
import { gridTable } from '../gridTable.ts';
import { plainTable } from '../page/tables.ts';
import { makeButton, registerToolkit } from '../toolkit.ts';
import '../page/page.css';
import './dashboardPanel.css';

registerToolkit();
const notice = element('span', { class: 'notice', role: 'status' });
const host = new HostConnection<ToDashboard, DashboardRequest>((message) => {
  if (message.type !== 'dashboard') return;
  // From it the editor opens the panel again after a reload.
  host.saveState({ study: message.study });
  show(message.dashboard);
});
host.ready();

function show(view: DashboardView): void {
  const { scrollTop } = document.documentElement;
  const focused = document.activeElement?.getAttribute('data-key');
  document.body.classList.add('page', 'dashboard');
  document.body.replaceChildren(
    element(
      'main',
      {},
      element(
        'header',
        {},
        element('h1', {}, `Review of ${view.title}`),
        button('Copy as text', 'Copy the dashboard as plain text', { type: 'copy' }, 'Copied.'),
        notice,
      ),
      element('p', { class: 'headline' }, view.headline),
      ...view.notes.map((note) => element('p', { class: 'note' }, note)),
      ...(view.queues.length > 0
        ? [
            element(
              'p',
              { class: 'queues' },
              ...view.queues.map(({ view: name, label }) =>
                button(label, 'Open these questions as a queue', {
                  type: 'openView',
                  view: name,
                }),
              ),
            ),
          ]
        : []),
      barTable('Reviewed', view.progress),
      element('div', { class: 'tables' }, ...view.grids.map(gridTable)),
      element('div', { class: 'tables' }, ...view.tables.map(plainTable)),
      element(
        'div',
        { class: 'charts' },
        ...view.charts.map(({ chart, note }) => chartSection(chart, note, ask)),
      ),
    ),
  );
  // It is drawn anew whenever a decision comes in: the reader stays where they were.
  document.documentElement.scrollTop = scrollTop;
  if (focused) document.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function ask(request: DashboardRequest, done = ''): void {
  void host.request(request).then((result) => {
    notice.textContent = result.ok ? done : result.message;
  });
}

function button(label: string, title: string, request: DashboardRequest, done = ''): HTMLElement {
  const made = makeButton({
    label,
    title,
    onClick: () => {
      ask(request, done);
    },
  });
  made.setAttribute('data-key', title);
  return made;
}
