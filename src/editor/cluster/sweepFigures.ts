import { MOST_RUNS, type LineChart, type SweepFigures } from '../../protocol/training.ts';
import { isTraining } from '../../training/jobRecord.ts';
import type { MetricsPoint } from '../../training/metricsFile.ts';
import { csvText } from '../panels/reportGrid.ts';
import type { Job } from './job.ts';
import { sweepCounts, sweepTitle, type JobSweep } from './jobSweep.ts';
import { stateWords } from './jobText.ts';

/** Single steps are noisy: a final figure is the mean over this part of a run, at its end. */
const FINAL_PART = 0.1;

const MEASURES = ['loss', 'margin', 'accuracy'] as const;
type Measure = (typeof MEASURES)[number];

/** What the members came to, in the order of the sweep, and lines of that over what varies. */
export function sweepFigures(sweep: JobSweep): SweepFigures {
  const axes = axesOf(sweep);
  const state = sweepCounts(sweep);
  return {
    name: `${fileName(sweep)}-figures`,
    title: `Sweep ${sweepTitle(sweep)}`,
    state,
    runs: sweep.members.slice(0, MOST_RUNS).map(({ record }) => record.id),
    columns: [...axes, 'state', 'steps', ...MEASURES.map((measure) => `final ${measure}`)],
    rows: sweep.members.map((job) => ({
      id: job.record.id,
      label: memberName(job),
      cells: [
        ...axes.map((axis) => valueText(valuesOf(job)[axis])),
        stateWords(job),
        String(job.metrics.at(-1)?.step ?? '–'),
        ...MEASURES.map((measure) => figureText(finalFigure(job.metrics, measure))),
      ],
    })),
    charts: MEASURES.flatMap((measure) => chartOf(sweep, axes, measure) ?? []),
  };
}

/** The mean of a measure over the last tenth of the steps, at least one; undefined where nothing was measured. */
export function finalFigure(points: readonly MetricsPoint[], measure: Measure): number | undefined {
  const measured = points.flatMap(({ [measure]: value }) =>
    typeof value === 'number' ? [value] : [],
  );
  const last = measured.slice(-Math.max(1, Math.round(measured.length * FINAL_PART)));
  if (last.length === 0) return undefined;
  return last.reduce((sum, value) => sum + value, 0) / last.length;
}

/** "512 orpo", "n 8", "r 16": short, for the end of a line. Undefined for what is no member of a sweep. */
export function memberLabel(job: Job): string | undefined {
  if (!isTraining(job.record) || !job.record.sweep) return undefined;
  const values = Object.entries(valuesOf(job));
  if (values.length === 0) return job.record.sweep.member;
  return values
    .map(([axis, value]) =>
      NAMELESS.has(axis) ? valueText(value) : `${axis.replace(/^.*\./, '')} ${valueText(value)}`,
    )
    .join(' ');
}

/** Axes whose values say what they are. */
const NAMELESS = new Set(['examples', 'method', 'export']);

/** Numbers with all their digits, to be drawn elsewhere. @returns undefined where no sweep has a table or chart of that name. */
export function sweepCsv(sweeps: readonly JobSweep[], name: string): string | undefined {
  const of = sweeps.find((sweep) =>
    ['figures', ...MEASURES].some((what) => name === `${fileName(sweep)}-${what}`),
  );
  if (!of) return undefined;
  const axes = axesOf(of);
  return csvText([
    ['job', 'member', ...axes, 'state', 'steps', ...MEASURES.map((measure) => `final_${measure}`)],
    ...of.members.map((job) => [
      job.record.id,
      memberName(job),
      ...axes.map((axis) => valueText(valuesOf(job)[axis])),
      job.record.state,
      job.metrics.at(-1)?.step ?? null,
      ...MEASURES.map((measure) => finalFigure(job.metrics, measure) ?? null),
    ]),
  ]);
}

/** A line for each combination of the other axes, over the first axis of numbers that varies. */
function chartOf(
  sweep: JobSweep,
  axes: readonly string[],
  measure: Measure,
): LineChart | undefined {
  const axis = axes.find((one) => numbersOf(sweep, one).length > 1);
  if (axis === undefined) return undefined;
  const lines = new Map<string, { step: number; value: number }[]>();
  for (const job of sweep.members) {
    const { [axis]: step, ...others } = valuesOf(job);
    const value = job.record.state === 'done' ? finalFigure(job.metrics, measure) : undefined;
    if (typeof step !== 'number' || value === undefined) continue;
    const label = Object.values(others).map(valueText).join(' ') || sweep.name;
    lines.set(label, [...(lines.get(label) ?? []), { step, value }]);
  }
  if (lines.size === 0) return undefined;
  return {
    name: `${fileName(sweep)}-${measure}`,
    title: `Final ${measure} over ${AXIS_WORDS[axis] ?? axis}`,
    yLabel: `final ${measure}`,
    ...(measure === 'accuracy' ? { share: true as const } : {}),
    x: { label: AXIS_WORDS[axis] ?? axis, values: numbersOf(sweep, axis) },
    lines: [...lines].map(([label, points], hue) => ({
      label,
      hue,
      points: points.toSorted((a, b) => a.step - b.step),
    })),
  };
}

const AXIS_WORDS: Readonly<Record<string, string>> = {
  examples: 'examples',
  n: 'samples a question',
};

function numbersOf({ members }: JobSweep, axis: string): number[] {
  const values = members.map((job) => valuesOf(job)[axis]);
  const numbers = values.filter((value) => typeof value === 'number');
  return [...new Set(numbers)].sort((a, b) => a - b);
}

/** In the order of the sweep's file. */
function axesOf({ members }: JobSweep): string[] {
  return [...new Set(members.flatMap((job) => Object.keys(valuesOf(job))))];
}

function valuesOf({ record }: Job): Readonly<Record<string, unknown>> {
  return (isTraining(record) ? record.sweep?.values : undefined) ?? {};
}

function memberName({ record }: Job): string {
  return (isTraining(record) ? record.sweep?.member : undefined) ?? record.id;
}

function valueText(value: unknown): string {
  if (value === undefined) return '–';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function figureText(value: number | undefined): string {
  return value === undefined ? '–' : value.toPrecision(3);
}

/** Plain letters: it names files. */
function fileName({ name, cluster }: JobSweep): string {
  return `${name}-${cluster}`
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
}
