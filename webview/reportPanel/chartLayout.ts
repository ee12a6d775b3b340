import { scaleLinear, scaleLog } from 'd3-scale';
import type { ReportLine } from '../../src/protocol/report.ts';
import { round, type ChartLayout, type ChartPath } from '../charts/chartShapes.ts';
import { spreadOut } from '../charts/spreadOut.ts';

const SIZE = { width: 760, height: 380 } as const;
const PLOT = { left: 52, right: 600, top: 14, bottom: 332 } as const;
const MARKER = 4.5;

/** SubEM against the number of samples (paper, Figure 1): lines with bands, each named at its end. */
export function chartLayout(lines: readonly ReportLine[]): ChartLayout {
  const points = lines.flatMap((line) => line.points);
  const sizes = [...new Set(points.map(({ n }) => n))].sort((a, b) => a - b);
  const x = scaleLog([sizes[0] ?? 1, sizes.at(-1) ?? 2], [PLOT.left, PLOT.right]).base(2);
  const y = scaleLinear(
    [
      Math.max(0, Math.min(...points.map(({ low }) => low)) - 2),
      Math.min(100, Math.max(...points.map(({ high }) => high)) + 2),
    ],
    [PLOT.bottom, PLOT.top],
  ).nice(6);
  const at = (n: number, value: number) => `${round(x(n))},${round(y(value))}`;
  const ticks = y.ticks(6);
  const paths: ChartPath[] = [
    ...ticks.map((tick) => ({
      kind: 'grid' as const,
      d: `M${PLOT.left},${round(y(tick))}H${PLOT.right}`,
    })),
    { kind: 'axis', d: `M${PLOT.left},${PLOT.top}V${PLOT.bottom}H${PLOT.right}` },
    ...lines.map((line, series) => ({
      kind: 'band' as const,
      series,
      d: `M${[
        ...line.points.map(({ n, high }) => at(n, high)),
        ...line.points.toReversed().map(({ n, low }) => at(n, low)),
      ].join('L')}Z`,
    })),
    ...lines.map((line, series) => ({
      kind: 'line' as const,
      series,
      d: `M${line.points.map(({ n, mean }) => at(n, mean)).join('L')}`,
    })),
    ...lines.flatMap((line, series) =>
      line.points.map(({ n, mean }) => ({
        kind: 'marker' as const,
        series,
        d: markerPath(series, x(n), y(mean)),
      })),
    ),
  ];
  const ends = spreadOut(
    lines.map((line) => y(line.points.at(-1)?.mean ?? 0)),
    PLOT.bottom,
  );
  for (const [series, end] of ends.entries())
    paths.push({ kind: 'marker', series, d: markerPath(series, PLOT.right + 16, end) });
  return {
    ...SIZE,
    paths,
    texts: [
      ...ticks.map((tick) => ({
        text: String(tick),
        x: PLOT.left - 8,
        y: round(y(tick)) + 4,
        anchor: 'end' as const,
      })),
      ...sizes.map((n) => ({
        text: String(n),
        x: round(x(n)),
        y: PLOT.bottom + 18,
        anchor: 'middle' as const,
      })),
      {
        text: 'number of samples',
        x: (PLOT.left + PLOT.right) / 2,
        y: PLOT.bottom + 38,
        anchor: 'middle',
      },
      { text: 'SubEM', x: PLOT.left + 6, y: PLOT.top + 10, anchor: 'start' },
      ...lines.map(({ label }, series) => ({
        text: label,
        x: PLOT.right + 26,
        y: (ends[series] ?? 0) + 4,
        anchor: 'start' as const,
      })),
    ],
  };
}

function markerPath(series: number, x: number, y: number): string {
  const [cx, cy, r] = [round(x), round(y), MARKER];
  switch (series % 6) {
    case 0:
      return `M${cx},${cy - r - 1}l${r + 1},${r + 1}l${-r - 1},${r + 1}l${-r - 1},${-r - 1}Z`;
    case 1:
      return `M${cx - r},${cy}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0Z`;
    case 2:
      return `M${cx - r},${cy - r}h${2 * r}v${2 * r}h${-2 * r}Z`;
    case 3:
      return `M${cx},${cy - r}l${r},${2 * r}h${-2 * r}Z`;
    case 4:
      return `M${cx - r},${cy - r}h${2 * r}l${-r},${2 * r}Z`;
    default:
      return `M${cx - r},${cy - r}l${2 * r},${2 * r}m0,${-2 * r}l${-2 * r},${2 * r}`;
  }
}
