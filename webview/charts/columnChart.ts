import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import type { ColumnChart } from '../../src/protocol/chart.ts';
import { round, type ChartLayout, type ChartPath, type ChartText } from './chartShapes.ts';

const SIZE = { width: 480, height: 250 } as const;
const PLOT = { left: 48, right: 460, top: 34, bottom: 204 } as const;
/** Of a named group's room, left empty beside its columns. */
const GAP = 0.3;
const LEGEND_STEP = 110;
const SWATCH = 10;

/** Columns with the scale on the left; series stand side by side, so that shape tells them apart as well as colour. */
export function columnChart(chart: ColumnChart): ChartLayout {
  const { columns, series, edges } = chart;
  const highest = chart.max ?? max(columns.flatMap(({ values }) => values.map((v) => v ?? 0))) ?? 0;
  const y = scaleLinear([0, highest > 0 ? highest : 1], [PLOT.bottom, PLOT.top]);
  if (chart.max === undefined) y.nice(4);
  // Of counts there are no halves.
  const whole = columns.every(({ values }) => values.every((v) => Number.isInteger(v ?? 0)));
  const ticks = y.ticks(4).filter((tick) => !whole || Number.isInteger(tick));
  const places = edges ? histogramPlaces(edges) : groupPlaces(columns.length);
  const paths: ChartPath[] = [
    ...ticks.map((tick) => ({
      kind: 'grid' as const,
      d: `M${PLOT.left},${round(y(tick))}H${PLOT.right}`,
    })),
    ...columns.flatMap(({ values }, at) => {
      const { from, to } = places.columns[at] ?? { from: 0, to: 0 };
      const width = (to - from) / Math.max(1, series.length);
      return values.map((value, place): ChartPath => {
        const [left, top] = [from + place * width, y(value ?? 0)];
        return {
          kind: 'bar',
          series: series[place]?.hue ?? 0,
          d: `M${round(left)},${PLOT.bottom}V${round(top)}h${round(width)}V${PLOT.bottom}Z`,
        };
      });
    }),
    { kind: 'axis', d: `M${PLOT.left},${PLOT.top}V${PLOT.bottom}H${PLOT.right}` },
    ...(series.length > 1
      ? series.map(({ hue }, place): ChartPath => ({
          kind: 'bar',
          series: hue,
          d: `M${legendX(place)},6h${SWATCH}v${SWATCH}h${-SWATCH}Z`,
        }))
      : []),
  ];
  const texts: ChartText[] = [
    ...ticks.map((tick) => ({
      text: y.tickFormat(4)(tick),
      x: PLOT.left - 6,
      y: round(y(tick)) + 4,
      anchor: 'end' as const,
    })),
    ...(edges
      ? places.ticks.map(({ text, x }) => middle(text, x, PLOT.bottom + 17))
      : columns.map(({ label }, at) =>
          middle(label, centre(places.columns[at]), PLOT.bottom + 17),
        )),
    ...columns.flatMap(({ values, note }, at) =>
      note === undefined
        ? []
        : [middle(note, centre(places.columns[at]), y(max(values, (v) => v ?? 0) ?? 0) - 5)],
    ),
    middle(chart.xLabel, (PLOT.left + PLOT.right) / 2, PLOT.bottom + 37),
    { text: chart.yLabel, x: 4, y: 15, anchor: 'start' },
    ...(series.length > 1
      ? series.map(({ label }, place) => ({
          text: label,
          x: legendX(place) + SWATCH + 5,
          y: 15,
          anchor: 'start' as const,
        }))
      : []),
  ];
  return { ...SIZE, paths, texts };
}

interface Places {
  columns: { from: number; to: number }[];
  ticks: { text: string; x: number }[];
}

function histogramPlaces(edges: readonly number[]): Places {
  const x = scaleLinear([edges[0] ?? 0, edges.at(-1) ?? 1], [PLOT.left, PLOT.right]);
  const format = x.tickFormat(7);
  return {
    columns: edges
      .slice(1)
      .map((edge, at) => ({ from: x(edges[at] ?? 0) + 0.5, to: x(edge) - 0.5 })),
    ticks: x.ticks(7).map((tick) => ({ text: format(tick), x: x(tick) })),
  };
}

function groupPlaces(count: number): Places {
  const room = (PLOT.right - PLOT.left) / Math.max(1, count);
  return {
    columns: Array.from({ length: count }, (_, at) => ({
      from: PLOT.left + room * (at + GAP / 2),
      to: PLOT.left + room * (at + 1 - GAP / 2),
    })),
    ticks: [],
  };
}

/** From the right, so that the legend never lies on the name of the scale. */
function legendX(place: number): number {
  return PLOT.right - LEGEND_STEP * (2 - place);
}

function centre(place: { from: number; to: number } | undefined): number {
  return place ? (place.from + place.to) / 2 : 0;
}

function middle(text: string, x: number, y: number): ChartText {
  return { text, x: round(x), y: round(y), anchor: 'middle' };
}
