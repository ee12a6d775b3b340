import * as z from 'zod';
import { SealongError } from '../../errors.ts';
import type { ChartRequest, ColumnChart } from '../../protocol/chart.ts';
import { csvText } from './reportGrid.ts';
import type { ReportFile } from './reportFile.ts';

/** Of a picture in base64. */
export const MAX_IMAGE_CHARACTERS = 20_000_000;

export const chartRequestSchema: z.ZodType<ChartRequest> = z.union([
  z.object({
    type: z.literal('saveChart'),
    name: z.string().regex(/^[a-z0-9-]{1,80}$/),
    format: z.enum(['svg', 'png']),
    data: z.string().max(MAX_IMAGE_CHARACTERS),
  }),
  z.object({
    type: z.literal('saveChart'),
    name: z.string().regex(/^[a-z0-9-]{1,80}$/),
    format: z.literal('csv'),
  }),
]);

/** @throws SealongError `no_chart`. */
export function chartFile(charts: readonly ColumnChart[], request: ChartRequest): ReportFile {
  const { name, format } = request;
  if (format === 'png')
    return { name, extension: format, content: Buffer.from(request.data, 'base64') };
  if (format === 'svg') return { name, extension: format, content: request.data };
  const chart = charts.find((one) => one.name === name);
  if (!chart) throw new SealongError('no_chart', `There is no chart "${name}" any more.`);
  return { name, extension: 'csv', content: chartCsv(chart) };
}

/** A line for each column; of a histogram with both its ends, the lower one outside and the upper one within. */
function chartCsv({ xLabel, series, columns, edges }: ColumnChart): string {
  const names = series.map(({ label }) => label);
  return csvText([
    [...(edges ? [`${xLabel} over`, `${xLabel} up to`] : [xLabel]), ...names],
    ...columns.map(({ label, values }, at) => [
      ...(edges ? [edges[at] ?? null, edges[at + 1] ?? null] : [label]),
      ...values,
    ]),
  ]);
}
