import * as z from 'zod';
import type { ColumnChart } from '../../protocol/chart.ts';
import type { ReportTable, ReportView } from '../../protocol/report.ts';
import { countText } from './reportNumbers.ts';

const bins = z.array(
  z.object({
    over: z.number(),
    up_to: z.number(),
    count: z.number(),
    others: z.optional(z.number()),
  }),
);
const collection = z.object({ documents: z.number(), left_out: z.number() });
export const datasetSchema = z.object({
  statistics: z
    .object({
      examples: z.number(),
      mean_tokens: z.number(),
      max_tokens: z.number(),
      supervision: z.string(),
      lengths: bins,
      filled_percent: z.optional(z.number()),
      documents_per_context: z.object({
        min: z.number(),
        mean: z.number(),
        max: z.number(),
        counts: bins,
      }),
      related_documents: z.object({ count: z.number(), by_tenth: z.array(z.number()) }),
    })
    .nullable(),
  made: z
    .object({
      source: z.optional(z.string()),
      format: z.string(),
      tokenizer: z.string(),
      seed: z.number(),
      random: z.string(),
      left_out: z.record(z.string(), z.number()),
      growth: z.optional(
        z.object({
          distractors: z.string(),
          exclude_answer_leaks: z.boolean(),
          target_tokens: z.optional(z.object({ min: z.number(), max: z.number() })),
          over_target: z.number(),
          unfilled: z.number(),
          collection: z.optional(collection),
          articles: z.optional(collection),
        }),
      ),
      import: z.optional(z.object({ kind: z.enum(['preference', 'sft']), pick: z.string() })),
    })
    .nullable(),
});
type Dataset = z.infer<typeof datasetSchema>;
type Statistics = NonNullable<Dataset['statistics']>;
type Made = NonNullable<Dataset['made']>;

const summarySchema = z.object({ study: z.string(), dataset: datasetSchema });

/** The report of a synthesis or an import, as it is shown. @param summary what the `report` stage gave. */
export function synthesisView(summary: object): ReportView {
  const { study, dataset } = summarySchema.parse(summary);
  const { statistics, made } = dataset;
  return {
    title: study,
    bars: null,
    note: noteOf(dataset),
    tables: [
      ...datasetTables(dataset),
      ...(made ? [leftOutOf(made)] : []),
      ...(statistics && statistics.documents_per_context.max > 0
        ? [contextsOf(statistics, made)]
        : []),
      ...(made ? [madeOf(made)] : []),
    ],
    charts: statistics ? chartsOf(statistics, made) : [],
    scorers: null,
  };
}

/** Tables 3 and 6 of the paper, for one study; none where it has no questions. */
export function datasetTables({ statistics, made }: Dataset): ReportTable[] {
  if (!statistics) return [];
  return [
    {
      caption: 'Data set',
      rows: [
        { label: 'examples', value: countText(statistics.examples) },
        { label: 'mean tokens', value: countText(statistics.mean_tokens) },
        { label: 'max tokens', value: countText(statistics.max_tokens) },
        { label: 'supervision', value: statistics.supervision },
        ...(made ? [{ label: 'tokenizer', value: made.tokenizer }] : []),
      ],
    },
  ];
}

function noteOf({ statistics, made }: Dataset): string {
  if (!statistics) return 'The study has no questions yet. Import some first.';
  if (!made)
    return 'How the questions were made is not known: synthesis.json is missing, damaged, or of other questions (the log says which).';
  if (made.import)
    return 'Examples of another dataset: tokens are those of the prompt and the chosen answer.';
  return 'Tokens are those of the contexts, counted exactly by the tokenizer of the study.';
}

const LEFT_OUT: Readonly<Record<string, string>> = {
  bad_row: 'rows with a fault',
  bad_id: 'ids that cannot be used',
  duplicate_id: 'ids that stood in the file before',
  unanswerable: 'marked as unanswerable',
  no_answer: 'without an answer, or without one to reject',
  over_max_context_tokens: 'longer than the longest context',
  no_article: 'without an article of a title',
};

function leftOutOf({ left_out }: Made): ReportTable {
  const rows = Object.entries(left_out).map(([reason, count]) => ({
    label: LEFT_OUT[reason] ?? reason.replaceAll('_', ' '),
    value: countText(count),
  }));
  return { caption: 'Left out', rows: rows.length > 0 ? rows : [{ label: 'nothing', value: '' }] };
}

function contextsOf(
  { documents_per_context: documents, related_documents, filled_percent }: Statistics,
  made: Made | null,
): ReportTable {
  const growth = made?.growth;
  return {
    caption: 'Contexts',
    rows: [
      {
        label: 'documents in each',
        value: `mean ${countText(documents.mean)}, from ${countText(documents.min)} to ${countText(documents.max)}`,
      },
      { label: 'related documents', value: countText(related_documents.count) },
      ...(filled_percent === undefined
        ? []
        : [
            {
              label: 'of its target, each fills',
              value: `${filled_percent.toFixed(1)} % in the mean`,
            },
          ]),
      ...(growth
        ? [
            { label: 'related ones longer than target', value: countText(growth.over_target) },
            { label: 'short of unrelated ones', value: countText(growth.unfilled) },
          ]
        : []),
    ],
  };
}

function madeOf(made: Made): ReportTable {
  const { growth } = made;
  const documents = ({ documents: n, left_out }: z.infer<typeof collection>) =>
    `${countText(n)} documents${left_out > 0 ? `, ${countText(left_out)} left out` : ''}`;
  return {
    caption: 'Made from',
    rows: [
      ...(made.source === undefined ? [] : [{ label: 'file', value: made.source }]),
      { label: 'format', value: made.format },
      ...(made.import ? [{ label: 'picked', value: made.import.pick }] : []),
      ...(growth?.target_tokens
        ? [
            {
              label: 'target lengths',
              value: `${countText(growth.target_tokens.min)} to ${countText(growth.target_tokens.max)} tokens`,
            },
          ]
        : []),
      ...(growth
        ? [
            {
              label: 'unrelated documents',
              value: UNRELATED[growth.distractors] ?? growth.distractors,
            },
          ]
        : []),
      ...(growth?.collection ? [{ label: 'collection', value: documents(growth.collection) }] : []),
      ...(growth?.articles ? [{ label: 'articles', value: documents(growth.articles) }] : []),
      ...(growth
        ? [
            {
              label: 'documents with a gold answer',
              value: growth.exclude_answer_leaks ? 'kept out' : 'not looked for',
            },
          ]
        : []),
      { label: 'seed', value: `${made.seed} (${made.random})` },
    ],
  };
}

const UNRELATED: Readonly<Record<string, string>> = {
  own: "the question's own",
  collection: 'of a collection',
  both: "the question's own, then of a collection",
};

/** Hues that stand for neither chosen nor rejected. */
const HUE = { values: 4, targets: 0 } as const;

function chartsOf(
  statistics: Statistics,
  made: Made | null,
): { chart: ColumnChart; note: string }[] {
  const { lengths, documents_per_context, related_documents } = statistics;
  const what = made?.import ? 'examples' : 'contexts';
  const hasTargets = lengths.some(({ others }) => others !== undefined);
  const all = [
    {
      chart: histogram(lengths, {
        name: 'context-lengths',
        title: made?.import ? 'Lengths' : 'Context lengths',
        xLabel: 'tokens',
        yLabel: what,
        series: [
          { label: what, hue: HUE.values },
          ...(hasTargets ? [{ label: 'targets', hue: HUE.targets }] : []),
        ],
      }),
      note: hasTargets
        ? 'A context is grown until no further document fits its target, so it lies in the range of the target, or one below.'
        : `A range holds the ${what} that are longer than its lower end, up to its upper end.`,
    },
  ];
  if (documents_per_context.counts.length === 0) return all;
  const related = related_documents.by_tenth;
  return [
    ...all,
    {
      chart: histogram(documents_per_context.counts, {
        name: 'documents-per-context',
        title: 'Documents in each context',
        xLabel: 'documents',
        yLabel: 'contexts',
        series: [{ label: 'contexts', hue: HUE.values }],
      }),
      note: 'Related and unrelated ones together.',
    },
    {
      chart: {
        name: 'related-positions',
        title: 'Related documents',
        xLabel: 'tenth of the context, by place among its documents',
        yLabel: 'related documents',
        series: [{ label: 'related documents', hue: HUE.values }],
        columns: related.map((count, tenth) => ({ label: ordinal(tenth + 1), values: [count] })),
        ...(related.every((count) => count === 0)
          ? { empty: 'No document of these contexts is known to be related to its question.' }
          : {}),
      },
      note: 'Documents are shuffled, so in many contexts every tenth holds about as many.',
    },
  ];
}

function histogram(
  of: Statistics['lengths'],
  chart: Pick<ColumnChart, 'name' | 'title' | 'xLabel' | 'yLabel' | 'series'>,
): ColumnChart {
  return {
    ...chart,
    edges: [...of.map(({ over }) => over), of.at(-1)?.up_to ?? 0],
    columns: of.map(({ over, up_to, count, others }) => ({
      label: up_to - over === 1 ? countText(up_to) : `${countText(over + 1)}–${countText(up_to)}`,
      values: [count, ...(others === undefined ? [] : [others])],
    })),
  };
}

function ordinal(n: number): string {
  const endings: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' };
  return `${n}${endings[n] ?? 'th'}`;
}
