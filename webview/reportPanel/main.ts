import type { ReportPageRequest, ReportView, ToReportPanel } from '../../src/protocol/report.ts';
import { chartSection } from '../charts/chartSection.ts';
import { element } from '../element.ts';
import { HostConnection } from '../hostConnection.ts';
import { barTable } from '../page/barTable.ts';
import { plainTable } from '../page/tables.ts';
import { makeButton, registerToolkit } from '../toolkit.ts';
import { scorersSections } from './scorersSection.ts';
import '../page/page.css';

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
  document.body.classList.add('page', 'report');
  document.body.replaceChildren(
    element('header', {}, element('h1', {}, report.title), copy, notice),
    ...(report.bars === null ? [] : [barTable('SubEM', report.bars)]),
    element('p', { class: 'note' }, report.note),
    element(
      'div',
      { class: 'charts' },
      ...report.charts.map(({ chart, note }) => chartSection(chart, note, ask)),
    ),
    element('div', { class: 'tables' }, ...report.tables.map(plainTable)),
    ...(report.scorers === null ? [] : scorersSections(report.scorers, ask)),
  );
}

function ask(body: ReportPageRequest, done = ''): void {
  void host.request(body).then((result) => {
    notice.textContent = result.ok ? done : result.message;
  });
}
