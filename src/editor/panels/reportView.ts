import * as z from 'zod';
import { chartGrid } from '../../protocol/chartGrid.ts';
import type { ReportBar, ReportTable, ReportView } from '../../protocol/report.ts';
import { comparisonSchema, scorersView } from './scorersView.ts';
import { gridText } from './reportGrid.ts';
import { countText } from './reportNumbers.ts';
import { datasetSchema, datasetTables } from './synthesisView.ts';

const measure = z.number().nullable();
const summarySchema = z.object({
  study: z.string(),
  scorer: z.string(),
  sampling: z.string(),
  counts: z.object({
    questions: z.number(),
    expected: z.number(),
    trajectories: z.number(),
    failed: z.number(),
    truncated: z.number(),
    scored_questions: z.number(),
    scored_in_part: z.number(),
    pairs: z.number(),
    overridden: z.number(),
    left_out: z.record(z.string(), z.number()),
  }),
  lengths: z.object({
    context_tokens: measure,
    trajectory_tokens: measure,
    chosen_tokens: measure,
    rejected_tokens: measure,
  }),
  quality: z.object({
    samples: z.number(),
    flaws: z.object({
      failed: z.number(),
      empty: z.number(),
      refused: z.number(),
      truncated: z.number(),
      duplicate: z.number(),
    }),
    finish_reasons: z.record(z.string(), z.number()),
    retried: z.number(),
    failures: z.record(z.string(), z.number()),
    lengths: z
      .object({
        min: z.number(),
        p5: z.number(),
        median: z.number(),
        mean: z.number(),
        p95: z.number(),
        max: z.number(),
      })
      .nullable(),
  }),
  margin: z.object({ mean: measure, min: measure, max: measure }),
  sub_em: z
    .object({
      questions: z.number(),
      random: measure,
      mbr: measure,
      chosen: measure,
      rejected: measure,
      oracle: measure,
      n: z.number(),
    })
    .nullable(),
  dataset: datasetSchema,
  scorers: z.optional(comparisonSchema),
});
type Summary = z.infer<typeof summarySchema>;

/**
 * The report of a study as it is shown.
 *
 * @param summary what the `report` stage gave.
 * @param blind without scores, what the policy makes of them, and what reviewers decided.
 */
export function reportView(summary: object, blind = false): ReportView {
  const report = summarySchema.parse(summary);
  return {
    title: report.study,
    bars: blind ? null : report.sub_em && barsOf(report.sub_em, report.scorer),
    note: blind
      ? 'This study is reviewed blind: scores, pairs and what others decided are not shown.'
      : report.sub_em
        ? `SubEM: how often the normalised gold answer stands in the output, over ${countText(report.sub_em.questions)} questions with gold answers. The gap between random and oracle is what a better choice can win.`
        : 'The study has no gold answers (answers.jsonl), so only counts and lengths can be shown.',
    tables: [
      ...datasetTables(report.dataset),
      countsOf(report, blind),
      qualityOf(report),
      lengthsOf(report, blind),
    ],
    charts: [],
    scorers: report.scorers && !blind ? scorersView(report.scorers) : null,
  };
}

/** The report as plain text, in columns. */
export function reportText({ title, bars, note, tables, charts, scorers }: ReportView): string {
  const blocks = [
    ...(bars
      ? [
          {
            caption: 'SubEM',
            rows: bars.map(({ label, value }) => ({ label, value: percentText(value) })),
          },
        ]
      : []),
    ...tables,
  ].map(({ caption, rows }) => {
    const width = Math.max(...rows.map(({ label }) => label.length));
    return [caption, ...rows.map(({ label, value }) => `  ${label.padEnd(width)}  ${value}`)].join(
      '\n',
    );
  });
  const compared = scorers
    ? [
        ...scorers.grids.map(gridText),
        scorers.note,
        ...(scorers.bestOf ? [gridText(scorers.bestOf.grid), scorers.bestOf.note] : []),
      ]
    : [];
  const drawn = charts.map(({ chart }) => gridText(chartGrid(chart)));
  return [title, ...blocks, note, ...drawn, ...compared].join('\n\n');
}

export function percentText(value: number | null): string {
  return value === null ? 'not measured' : `${value.toFixed(1)} %`;
}

function barsOf(subEm: NonNullable<Summary['sub_em']>, scorer: string): ReportBar[] {
  const { random, mbr, chosen, rejected, oracle, n } = subEm;
  return [
    { label: 'random', what: 'a trajectory taken at random: the mean over all', value: random },
    { label: 'top by score', what: `the trajectory that ${scorer} ranks first`, value: mbr },
    {
      label: 'chosen',
      what: 'the chosen ones of the pairs, with decisions of reviewers',
      value: chosen,
    },
    { label: 'rejected', what: 'the rejected ones of the pairs', value: rejected },
    { label: `oracle@${n}`, what: `the best of the ${n}`, value: oracle },
  ];
}

function countsOf({ counts, scorer, margin }: Summary, blind: boolean): ReportTable {
  const left = Object.entries(counts.left_out).map(
    ([reason, n]) => `${countText(n)} ${reason.replaceAll('_', ' ')}`,
  );
  return {
    caption: 'Counts',
    rows: [
      { label: 'questions', value: countText(counts.questions) },
      {
        label: 'trajectories',
        value: `${countText(counts.trajectories)} of ${countText(counts.expected)}`,
      },
      { label: `scored by ${scorer}`, value: countText(counts.scored_questions) },
      ...(counts.scored_in_part > 0
        ? [{ label: 'scored in part', value: countText(counts.scored_in_part) }]
        : []),
      ...(blind
        ? []
        : [
            { label: 'pairs', value: countText(counts.pairs) },
            { label: 'decided by reviewers', value: countText(counts.overridden) },
            { label: 'left out', value: left.length > 0 ? left.join(', ') : '0' },
            {
              label: 'margin',
              value:
                margin.mean === null || margin.min === null || margin.max === null
                  ? 'none'
                  : `mean ${margin.mean.toFixed(3)}, from ${margin.min.toFixed(3)} to ${margin.max.toFixed(3)}`,
            },
          ]),
    ],
  };
}

/** Reasons of failures that are listed: they can differ in a number only. */
const REASONS = 5;

/** Failed samples have no text: the other shares are of those that have one. */
function qualityOf({ quality }: Summary): ReportTable {
  const { samples, flaws, lengths, retried, failures } = quality;
  const finished = samples - flaws.failed;
  const reasons = Object.entries(failures);
  const others = reasons.slice(REASONS).reduce((sum, [, n]) => sum + n, 0);
  const share = (n: number, of: number) =>
    n === 0 || of === 0 ? countText(n) : `${countText(n)} (${percentText((100 * n) / of)})`;
  return {
    caption: 'Samples',
    rows: [
      { label: 'failed', value: share(flaws.failed, samples) },
      ...reasons
        .slice(0, REASONS)
        .map(([reason, n]) => ({ label: `failed, ${countText(n)}`, value: reason })),
      ...(others === 0
        ? []
        : [{ label: `failed, ${countText(others)}`, value: 'for other reasons' }]),
      { label: 'truncated', value: share(flaws.truncated, finished) },
      { label: 'refused', value: share(flaws.refused, finished) },
      { label: 'empty', value: share(flaws.empty, finished) },
      { label: 'with the text of another', value: share(flaws.duplicate, finished) },
      { label: 'taken at a later attempt', value: share(retried, samples) },
      {
        label: 'tokens',
        value: lengths
          ? `median ${countText(lengths.median)}, 90 % from ${countText(lengths.p5)} to ${countText(lengths.p95)}, all from ${countText(lengths.min)} to ${countText(lengths.max)}`
          : 'not known',
      },
    ],
  };
}

function lengthsOf({ lengths }: Summary, blind: boolean): ReportTable {
  const tokens = (value: number | null) =>
    value === null ? 'not known' : countText(Math.round(value));
  return {
    caption: 'Mean length in tokens',
    rows: [
      { label: 'contexts', value: tokens(lengths.context_tokens) },
      { label: 'trajectories', value: tokens(lengths.trajectory_tokens) },
      ...(blind
        ? []
        : [
            { label: 'chosen', value: tokens(lengths.chosen_tokens) },
            { label: 'rejected', value: tokens(lengths.rejected_tokens) },
          ]),
    ],
  };
}
