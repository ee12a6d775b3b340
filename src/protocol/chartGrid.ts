import type { ColumnChart } from './chart.ts';
import type { ReportGrid } from './report.ts';

/** The numbers of a chart, to be read. */
export function chartGrid({ title, series, columns }: ColumnChart): ReportGrid {
  return {
    caption: title,
    columns: series.map(({ label }) => label),
    rows: columns.map(({ label, values, note }) => ({
      label,
      cells: values.map((value) =>
        [
          value === null ? '–' : value.toLocaleString('en'),
          ...(note === undefined ? [] : [`(${note})`]),
        ].join(' '),
      ),
    })),
  };
}
