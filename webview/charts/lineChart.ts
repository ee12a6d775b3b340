import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import type { LineChart } from '../../src/protocol/training.ts';
import { round, type ChartLayout, type ChartPath, type ChartText } from './chartShapes.ts';
import { LABEL_GAP, spreadOut } from './spreadOut.ts';

const SIZE = { width: 520, height: 260 } as const;
const PLOT = { left: 56, right: 408, top: 30, bottom: 216 } as const;
/** Of a name beside a line: where it begins, and a letter at most. */
const NAME = { from: PLOT.right + 37, letter: 6.7 } as const;
const END = 3.5;

/** Lines over steps, or over values that stand side by side, each with a dash of its own and named at its end, so that colour is not all that tells them apart. */
export function lineChart({ lines, yLabel, x: values, share }: LineChart): ChartLayout {
  // Many names need a taller chart, and long ones a wider one.
  const named = lines.filter((line) => line.points.length > 0);
  const bottom = Math.max(PLOT.bottom, PLOT.top + LABEL_GAP * (named.length - 1));
  const longest = Math.max(0, ...named.map(({ label }) => label.length));
  const width = Math.max(SIZE.width, Math.ceil(NAME.from + longest * NAME.letter));
  const points = lines.flatMap((line) => line.points);
  const [first = 0, last = 1] = extent(points, ({ step }) => step);
  const [low = 0, high = 1] = extent(points, ({ value }) => value);
  const overSteps = scaleLinear([first, Math.max(last, first + 1)], [PLOT.left, PLOT.right]);
  const x = (step: number) => (values ? placeOf(values.values, step) : overSteps(step));
  const xTicks = values ? values.values : stepTicks(first, last);
  // A line that stays where it is has a little room on both sides.
  const room = high > low ? 0 : Math.abs(high) / 10 || 1;
  const y = scaleLinear([low - room, high + room], [bottom, PLOT.top]).nice(5);
  if (share) y.domain(y.domain().map((end) => Math.min(1, Math.max(0, end))));
  const yTicks = y.ticks(5);
  const format = tickFormat(yTicks);
  const drawn = lines.flatMap(({ label, hue, points: own }) => {
    const end = own.at(-1);
    return end ? [{ label, hue, own, end }] : [];
  });
  const ends = spreadOut(
    drawn.map(({ end }) => y(end.value)),
    bottom,
  );
  const paths: ChartPath[] = [
    ...yTicks.map((tick) => ({
      kind: 'grid' as const,
      d: `M${PLOT.left},${round(y(tick))}H${PLOT.right}`,
    })),
    { kind: 'axis', d: `M${PLOT.left},${PLOT.top}V${bottom}H${PLOT.right}` },
    ...drawn.map(({ hue, own }): ChartPath => ({
      kind: 'line',
      series: hue,
      d: `M${own.map(({ step, value }) => `${round(x(step))},${round(y(value))}`).join('L')}`,
    })),
    ...drawn.flatMap(({ hue, own, end }) =>
      (values ? own : [end]).map(({ step, value }): ChartPath => ({
        kind: 'marker',
        series: hue,
        d: circle(x(step), y(value)),
      })),
    ),
    // A piece of the line beside its name: ends that lie on one another are told apart by it.
    ...drawn.map(({ hue }, at): ChartPath => ({
      kind: 'line',
      series: hue,
      d: `M${PLOT.right + 10},${ends[at] ?? 0}h22`,
    })),
  ];
  const texts: ChartText[] = [
    ...yTicks.map((tick) => ({
      text: format(tick),
      x: PLOT.left - 6,
      y: round(y(tick)) + 4,
      anchor: 'end' as const,
    })),
    ...xTicks.map((tick) => ({
      text: tick.toLocaleString('en'),
      x: round(x(tick)),
      y: bottom + 17,
      anchor: 'middle' as const,
    })),
    {
      text: values?.label ?? 'step',
      x: (PLOT.left + PLOT.right) / 2,
      y: bottom + 37,
      anchor: 'middle',
    },
    { text: yLabel, x: 4, y: 15, anchor: 'start' },
    ...drawn.map(({ label }, at) => ({
      text: label,
      x: NAME.from,
      y: (ends[at] ?? 0) + 4,
      anchor: 'start' as const,
    })),
  ];
  return { width, height: SIZE.height + bottom - PLOT.bottom, paths, texts };
}

/** Values lie side by side with the same room between them, as those of a sweep often double. */
function placeOf(values: readonly number[], value: number): number {
  const part = values.length < 2 ? 0.5 : values.indexOf(value) / (values.length - 1);
  return PLOT.left + 12 + part * (PLOT.right - PLOT.left - 24);
}

/** Steps are whole. */
function stepTicks(first: number, last: number): number[] {
  return scaleLinear([first, Math.max(last, first + 1)], [0, 1])
    .ticks(6)
    .filter((tick) => Number.isInteger(tick) && tick <= Math.max(last, first));
}

/** Small numbers, such as learning rates, by their power of ten. */
function tickFormat(ticks: readonly number[]): (tick: number) => string {
  const largest = Math.max(...ticks.map(Math.abs));
  if (largest > 0 && largest < 0.01) return (tick) => (tick === 0 ? '0' : tick.toExponential(1));
  return (tick) => tick.toLocaleString('en', { maximumFractionDigits: 3 });
}

function circle(cx: number, cy: number): string {
  return `M${round(cx - END)},${round(cy)}a${END},${END} 0 1 0 ${2 * END},0a${END},${END} 0 1 0 ${-2 * END},0Z`;
}
