import type { ChartRequest, ColumnChart } from '../../src/protocol/chart.ts';
import { chartGrid } from '../../src/protocol/chartGrid.ts';
import { element } from '../element.ts';
import { gridTable } from '../gridTable.ts';
import { heading } from '../page/tables.ts';
import { makeButton } from '../toolkit.ts';
import { columnChart } from './columnChart.ts';
import { chartPng, chartSvg, drawChart } from './drawChart.ts';

/** A chart of columns with what it can be saved as, and its numbers as a table that opens below it. */
export function chartSection(
  chart: ColumnChart,
  note: string,
  ask: (request: ChartRequest) => void,
): HTMLElement {
  const { name, title, empty } = chart;
  if (empty !== undefined)
    return element(
      'section',
      { 'aria-label': title, 'data-chart': name },
      heading(title, []),
      element('p', { class: 'note' }, empty),
    );
  const layout = columnChart(chart);
  const save = (label: string, what: string, request: () => ChartRequest) =>
    makeButton({
      label,
      title: `Save "${title}" as ${what}`,
      onClick: () => {
        ask(request());
      },
    });
  return element(
    'section',
    { 'aria-label': title, 'data-chart': name },
    heading(title, [
      save('SVG...', 'a drawing', () => ({
        type: 'saveChart',
        name,
        format: 'svg',
        data: chartSvg(layout),
      })),
      save('PNG...', 'a picture', () => ({
        type: 'saveChart',
        name,
        format: 'png',
        data: chartPng(layout),
      })),
      save('CSV...', 'its numbers', () => ({ type: 'saveChart', name, format: 'csv' })),
    ]),
    drawChart(layout, `${title}. The table below has its numbers.`),
    ...(note === '' ? [] : [element('p', { class: 'note' }, note)]),
    element(
      'details',
      {},
      element('summary', {}, 'Numbers'),
      gridTable({ ...chartGrid(chart), caption: '' }),
    ),
  );
}
