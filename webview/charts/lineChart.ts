import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import type { LineChart } from '../../src/protocol/training.ts';
import { round, type ChartLayout, type ChartPath, type ChartText } from './chartShapes.ts';
import { spreadOut } from './spreadOut.ts';

const SIZE = { width: 520, height: 260 } as const;
const PLOT = { left: 56, right: 408, top: 30, bottom: 216 } as const;
const END = 3.5;

/** Lines over steps, each with a dash of its own and named at its end, so that colour is not all that tells them apart. */
export function lineChart({ lines, yLabel }: LineChart): ChartLayout {
  const points = lines.flatMap((line) => line.points);
  const [first = 0, last = 1] = extent(points, ({ step }) => step);
  const [low = 0, high = 1] = extent(points, ({ value }) => value);
  const x = scaleLinear([first, Math.max(last, first + 1)], [PLOT.left, PLOT.right]);
  // A line that stays where it is lies in the middle.
  const room = high > low ? 0 : Math.abs(high) / 2 || 1;
  const y = scaleLinear([low - room, high + room], [PLOT.bottom, PLOT.top]).nice(5);
  const yTicks = y.ticks(5);
  const format = tickFormat(yTicks);
  const drawn = lines.flatMap(({ label, hue, points: own }) => {
    const end = own.at(-1);
    return end ? [{ label, hue, own, end }] : [];
  });
  const ends = spreadOut(
    drawn.map(({ end }) => y(end.value)),
    PLOT.bottom,
  );
  const paths: ChartPath[] = [
    ...yTicks.map((tick) => ({
      kind: 'grid' as const,
      d: `M${PLOT.left},${round(y(tick))}H${PLOT.right}`,
    })),
    { kind: 'axis', d: `M${PLOT.left},${PLOT.top}V${PLOT.bottom}H${PLOT.right}` },
    ...drawn.map(({ hue, own }): ChartPath => ({
      kind: 'line',
      series: hue,
      d: `M${own.map(({ step, value }) => `${round(x(step))},${round(y(value))}`).join('L')}`,
    })),
    ...drawn.map(({ hue, end }): ChartPath => ({
      kind: 'marker',
      series: hue,
      d: circle(x(end.step), y(end.value)),
    })),
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
    ...stepTicks(first, last).map((tick) => ({
      text: tick.toLocaleString('en'),
      x: round(x(tick)),
      y: PLOT.bottom + 17,
      anchor: 'middle' as const,
    })),
    { text: 'step', x: (PLOT.left + PLOT.right) / 2, y: PLOT.bottom + 37, anchor: 'middle' },
    { text: yLabel, x: 4, y: 15, anchor: 'start' },
    ...drawn.map(({ label }, at) => ({
      text: label,
      x: PLOT.right + 37,
      y: (ends[at] ?? 0) + 4,
      anchor: 'start' as const,
    })),
  ];
  return { ...SIZE, paths, texts };
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
