import {
  MOST_RUNS,
  type LineChart,
  type TrainingRun,
  type TrainingView,
} from '../../protocol/training.ts';
import { isTraining } from '../../training/jobRecord.ts';
import type { MetricsPoint } from '../../training/metricsFile.ts';
import { csvText, gridText } from '../panels/reportGrid.ts';
import { isOpen, type Job } from './job.ts';
import { sweepsOf } from './jobSweep.ts';
import { dayAndTime, durationText, methodOf, placeText, stateWords } from './jobText.ts';
import { memberLabel, sweepFigures } from './sweepFigures.ts';

type Measure = Exclude<keyof MetricsPoint, 'step'>;

const CHARTS: readonly (Omit<LineChart, 'lines'> & { measure: Measure })[] = [
  { measure: 'loss', name: 'loss', title: 'Loss', yLabel: 'loss' },
  { measure: 'margin', name: 'margin', title: 'Margin', yLabel: 'reward of chosen less rejected' },
  {
    measure: 'accuracy',
    name: 'accuracy',
    title: 'Accuracy',
    yLabel: 'pairs with a positive margin',
    share: true,
  },
  { measure: 'lr', name: 'learning-rate', title: 'Learning rate', yLabel: 'learning rate' },
  {
    measure: 'tokens_per_s',
    name: 'throughput',
    title: 'Throughput',
    yLabel: 'tokens per second',
  },
];

/** More points than these cannot be told apart in a chart. */
const MOST_POINTS = 400;

const COLUMNS = ['state', 'step', 'loss', 'margin', 'accuracy', 'lr', 'tokens/s', 'left', 'begun'];

/** As many are drawn without being asked for: more are hard to read. */
export const READABLE_RUNS = 6;

/** The runs that are drawn where nobody has chosen: those under way, and the latest ones. */
export function drawnAtFirst(jobs: readonly Job[]): string[] {
  const withPoints = jobs.filter((job) => job.metrics.length > 0 || isOpen(job));
  const open = withPoints.filter(isOpen);
  const others = withPoints.filter((job) => !isOpen(job));
  return [...open, ...others]
    .slice(0, open.length > 0 ? READABLE_RUNS : 3)
    .map(({ record }) => record.id);
}

/** @param jobs newest first. @param drawn ids. */
export function trainingView(
  study: string,
  jobs: readonly Job[],
  drawn: readonly string[],
  now: Date,
): TrainingView {
  const shown = shownJobs(jobs, drawn);
  const labels = labelsOf(jobs);
  const perPoint = Math.max(
    1,
    ...shown.map(({ metrics }) => Math.ceil(metrics.length / MOST_POINTS)),
  );
  return {
    title: study,
    runs: jobs.map((job) => runOf(job, labelOf(job, labels), shown.indexOf(job), now)),
    columns: COLUMNS,
    charts: CHARTS.flatMap(({ measure, ...chart }): LineChart[] => {
      const lines = shown.map((job, at) => ({
        label: labelOf(job, labels),
        hue: at,
        points: thinned(job.metrics, measure, perPoint),
      }));
      return lines.some(({ points }) => points.length > 0) ? [{ ...chart, lines }] : [];
    }),
    sweeps: sweepsOf(jobs).map(sweepFigures),
    note: noteOf(shown, perPoint),
  };
}

function noteOf(shown: readonly Job[], perPoint: number): string {
  if (shown.length === 0) return 'No run is chosen: tick one to draw it.';
  if (shown.every(({ metrics }) => metrics.length === 0))
    return 'Nothing is measured yet: lines appear with the first step.';
  return perPoint > 1 ? `A point is the mean of ${perPoint} steps; CSV files have each step.` : '';
}

/** In the order of the jobs, so that a run keeps its colour while others are added after it. */
function shownJobs(jobs: readonly Job[], drawn: readonly string[]): Job[] {
  return jobs
    .toReversed()
    .filter(({ record }) => drawn.includes(record.id))
    .slice(-MOST_RUNS);
}

function runOf(job: Job, label: string, at: number, now: Date): TrainingRun {
  const { record, trainer } = job;
  const last = job.metrics.at(-1);
  const step = trainer?.step ?? last?.step;
  const left = isOpen(job) && typeof trainer?.eta_s === 'number' ? trainer.eta_s : undefined;
  return {
    id: record.id,
    label,
    ...(at < 0 ? {} : { hue: at }),
    cells: [
      `${stateWords(job)}, ${sweepText(record)}on ${placeText(record)}`,
      step === undefined ? '–' : trainer?.of ? `${step} of ${trainer.of}` : String(step),
      numberText(last?.loss),
      numberText(last?.margin),
      numberText(last?.accuracy),
      typeof last?.lr === 'number' ? Number(last.lr.toPrecision(3)).toString() : '–',
      last?.tokens_per_s === undefined || last.tokens_per_s === null
        ? '–'
        : Math.round(last.tokens_per_s).toLocaleString('en'),
      left === undefined ? '–' : durationText(left),
      dayAndTime(new Date(record.created_at), now),
    ],
  };
}

/**
 * "orpo 3f2a": the method and the end of the id. Of a member of a sweep what it varies, "512 orpo", with the end of the id only
 * where another run has the same.
 */
function labelsOf(jobs: readonly Job[]): ReadonlyMap<string, string> {
  const short = jobs.map((job) => [job.record.id, memberLabel(job)] as const);
  const times = new Map<string | undefined, number>();
  for (const [, label] of short) times.set(label, (times.get(label) ?? 0) + 1);
  return new Map(
    jobs.map(({ record }, at) => {
      const label = short[at]?.[1];
      const end = record.id.slice(-4);
      if (label === undefined) return [record.id, `${methodOf(record)} ${end}`];
      return [record.id, times.get(label) === 1 ? label : `${label} ${end}`];
    }),
  );
}

function labelOf({ record: { id } }: Job, labels: ReadonlyMap<string, string>): string {
  return labels.get(id) ?? id;
}

/** "of fig3 " */
function sweepText(record: Job['record']): string {
  return isTraining(record) && record.sweep ? `of ${record.sweep.name} ` : '';
}

function numberText(value: number | null | undefined): string {
  return typeof value === 'number' ? value.toPrecision(3) : '–';
}

/** Means of `size` steps each, by the last of them; steps without a measurement are passed over. */
function thinned(points: readonly MetricsPoint[], measure: Measure, size: number) {
  const thin: { step: number; value: number }[] = [];
  for (let from = 0; from < points.length; from += size) {
    const group = points
      .slice(from, from + size)
      .flatMap(({ step, [measure]: value }) =>
        typeof value === 'number' ? [{ step, value }] : [],
      );
    const last = group.at(-1);
    if (!last) continue;
    const mean = group.reduce((sum, { value }) => sum + value, 0) / group.length;
    thin.push({ step: last.step, value: mean });
  }
  return thin;
}

/** Every step of the drawn runs, a column each. */
export function measureCsv(jobs: readonly Job[], drawn: readonly string[], name: string): string {
  const measure = CHARTS.find((chart) => chart.name === name)?.measure ?? 'loss';
  const shown = shownJobs(jobs, drawn);
  const values = shown.map(
    ({ metrics }) => new Map(metrics.map((point) => [point.step, point[measure] ?? null])),
  );
  const steps = [...new Set(values.flatMap((column) => [...column.keys()]))].sort((a, b) => a - b);
  return csvText([
    ['step', ...shown.map(({ record }) => record.id)],
    ...steps.map((step) => [step, ...values.map((column) => column.get(step) ?? null)]),
  ]);
}

/** The latest numbers as text in columns. */
export function trainingText({ title, columns, runs, sweeps }: TrainingView): string {
  const rows = runs.map(({ id, cells }) => ({ label: id, cells }));
  return [
    gridText({ caption: `Training of ${title}`, columns, rows }),
    ...sweeps.map((sweep) => gridText({ ...sweep, caption: `${sweep.title}: ${sweep.state}` })),
    '',
  ].join('\n');
}
