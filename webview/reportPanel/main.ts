import type { ReportPageRequest, ReportView, ToReportPanel } from '../../src/protocol/report.ts';
import { chartSection } from '../charts/chartSection.ts';
import { element } from '../element.ts';
import { HostConnection } from '../hostConnection.ts';
import { makeButton, registerToolkit } from '../toolkit.ts';
import { barChart } from './barChart.ts';
import { scorersSections } from './scorersSection.ts';
import './reportPanel.css';

registerToolkit();
const notice = element('span', { class: 'notice', role: 'status' });
const host = new HostConnection<ToReportPanel, ReportPageRequest>((message) => {
  if (message.type !== 'report') return;
  // From it the editor opens the panel again after a reload.
  host.saveState({ study: message.study });
  show(message.report);
});
host.ready();

function show(report: ReportView): void {
  const copy = makeButton({
    label: 'Copy as text',
    title: 'Copy the report as plain text',
    onClick: () => {
      ask({ type: 'copy' }, 'Copied.');
    },
  });
  notice.textContent = '';
  document.body.classList.add('report');
  document.body.replaceChildren(
    element('header', {}, element('h1', {}, report.title), copy, notice),
    ...(report.bars === null ? [] : [barChart(report.bars)]),
    element('p', { class: 'note' }, report.note),
    element(
      'div',
      { class: 'charts' },
      ...report.charts.map(({ chart, note }) => chartSection(chart, note, ask)),
    ),
    element('div', { class: 'tables' }, ...report.tables.map(tableOf)),
    ...(report.scorers === null ? [] : scorersSections(report.scorers, ask)),
  );
}

function ask(body: ReportPageRequest, done = ''): void {
  void host.request(body).then((result) => {
    notice.textContent = result.ok ? done : result.message;
  });
}

function tableOf({ caption, rows }: ReportView['tables'][number]): HTMLElement {
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
