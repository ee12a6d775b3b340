import type { ReportRequest, ReportScorers } from '../../src/protocol/report.ts';
import { chartPng, chartSvg, drawChart } from '../charts/drawChart.ts';
import { element } from '../element.ts';
import { gridTable } from '../gridTable.ts';
import { heading } from '../page/tables.ts';
import { makeButton } from '../toolkit.ts';
import { chartLayout } from './chartLayout.ts';

/** The scorers side by side: tables, and the curves where there are gold answers. */
export function scorersSections(
  { note, grids, bestOf }: ReportScorers,
  ask: (request: ReportRequest) => void,
): HTMLElement[] {
  const scorers = element(
    'section',
    { 'aria-label': 'Scorers' },
    heading('Scorers', [
      makeButton({
        label: 'Save CSV...',
        title: 'Save the numbers of these tables',
        onClick: () => {
          ask({ type: 'saveTable', section: 'scorers' });
        },
      }),
    ]),
    element('div', { class: 'tables' }, ...grids.map(gridTable)),
    element('p', { class: 'note' }, note),
  );
  return bestOf ? [scorers, bestOfSection(bestOf, ask)] : [scorers];
}

function bestOfSection(
  { lines, grid, note }: NonNullable<ReportScorers['bestOf']>,
  ask: (request: ReportRequest) => void,
): HTMLElement {
  // A single size is no line.
  const layout = grid.columns.length > 1 ? chartLayout(lines) : undefined;
  const save = (label: string, title: string, request: () => ReportRequest) =>
    makeButton({
      label,
      title,
      onClick: () => {
        ask(request());
      },
    });
  return element(
    'section',
    { 'aria-label': 'Best of N' },
    heading('Best of N', [
      ...(layout
        ? [
            save('Save SVG...', 'Save the chart as a drawing', () => ({
              type: 'saveImage',
              format: 'svg',
              data: chartSvg(layout),
            })),
            save('Save PNG...', 'Save the chart as a picture', () => ({
              type: 'saveImage',
              format: 'png',
              data: chartPng(layout),
            })),
          ]
        : []),
      save('Save CSV...', 'Save the numbers of the chart', () => ({
        type: 'saveTable',
        section: 'bestOf',
      })),
    ]),
    ...(layout
      ? [
          drawChart(
            layout,
            'SubEM against the number of samples, a line each for the oracle and every scorer; the table below has its numbers.',
          ),
        ]
      : []),
    gridTable(grid),
    element('p', { class: 'note' }, note),
  );
}
