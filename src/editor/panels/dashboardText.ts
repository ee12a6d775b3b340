import { chartGrid } from '../../protocol/chartGrid.ts';
import type { DashboardView } from '../../protocol/dashboard.ts';
import type { ReportGrid } from '../../protocol/report.ts';
import { gridText } from './reportGrid.ts';

/** The dashboard as plain text, charts as tables. */
export function dashboardText(view: DashboardView): string {
  const progress: ReportGrid = {
    caption: 'Reviewed',
    columns: ['questions', 'share'],
    rows: view.progress.map(({ label, what, value }) => ({
      label,
      cells: [what, value === null ? '' : `${value.toFixed(0)} %`],
    })),
  };
  const tables = view.tables.map(({ caption, rows }): ReportGrid => ({
    caption,
    columns: [''],
    rows: rows.map(({ label, value }) => ({ label, cells: [value] })),
  }));
  const charts = view.charts.map(({ chart }) =>
    chart.empty === undefined ? gridText(chartGrid(chart)) : `${chart.title}\n  ${chart.empty}`,
  );
  return [
    `Review of ${view.title}`,
    view.headline,
    ...[progress, ...view.grids, ...tables].map(gridText),
    ...charts,
    ...view.notes,
  ].join('\n\n');
}
