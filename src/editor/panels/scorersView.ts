import * as z from 'zod';
import type { ReportGrid, ReportScorers } from '../../protocol/report.ts';
import { csvText } from './reportGrid.ts';

const measure = z.number().nullable();
const point = z.object({ n: z.number(), mean: z.number(), low: z.number(), high: z.number() });
export const comparisonSchema = z.object({
  scorers: z.array(z.object({ scorer: z.string(), questions: z.number() })),
  agreement: z.array(
    z.object({
      scorers: z.tuple([z.string(), z.string()]),
      questions: z.number(),
      same_winner: measure,
      rank_correlation: measure,
    }),
  ),
  sub_em: z
    .object({
      questions: z.number(),
      n: z.number(),
      random: z.number(),
      greedy: measure,
      winners: z.array(z.object({ scorer: z.string(), value: z.number() })),
      oracle: z.number(),
    })
    .nullable(),
  best_of: z
    .object({
      questions: z.number(),
      draws: z.number(),
      lines: z.array(z.object({ name: z.string(), points: z.array(point) })),
    })
    .nullable(),
});
type Comparison = z.infer<typeof comparisonSchema>;

/** The scorers side by side, as they are shown; null where nothing is scored. */
export function scorersView(comparison: Comparison): ReportScorers | null {
  const { scorers, sub_em, best_of } = comparison;
  if (scorers.length === 0) return null;
  const names = scorers.map(({ scorer }) => scorer);
  return {
    note: [
      sub_em
        ? `SubEM of the trajectory that each scorer puts first, over the ${sub_em.questions} questions with gold answers that all of them scored.`
        : 'SubEM needs gold answers and a question that all scorers scored.',
      ...(names.length > 1
        ? [
            'Same winner: of the questions that both scored, those where the two winners have the same text. Rank correlation: Spearman, mean over these questions.',
          ]
        : ['Score with others as well to compare them ("SeaLong: Score with...").']),
    ].join(' '),
    grids: [
      subEmGrid(comparison),
      ...(names.length > 1
        ? [
            agreementGrid('Same winner', comparison, (pair) =>
              text(pair.same_winner, (value) => `${(100 * value).toFixed(0)} %`),
            ),
            agreementGrid('Rank correlation', comparison, (pair) =>
              text(pair.rank_correlation, (value) => value.toFixed(2)),
            ),
          ]
        : []),
    ],
    bestOf: best_of && {
      note: `SubEM of the best of n of the samples and of the one that a scorer puts first among n: mean of ${best_of.draws} draws over ${best_of.questions} questions, with the 5th to 95th percentile of the draws.`,
      lines: best_of.lines.map(({ name, points }) => ({ label: name, points })),
      grid: {
        caption: 'Best of N',
        columns: (best_of.lines[0]?.points ?? []).map(({ n }) => `n = ${n}`),
        rows: best_of.lines.map(({ name, points }) => ({
          label: name,
          cells: points.map(({ mean, low, high }) =>
            low === high
              ? mean.toFixed(1)
              : `${mean.toFixed(1)} (${low.toFixed(1)}–${high.toFixed(1)})`,
          ),
        })),
      },
    },
  };
}

/** The numbers as they are, one a line; what stands in no table (no gold answers) has no line. */
export function scorersCsv({ scorers, agreement, sub_em }: Comparison): string {
  const subEm = sub_em
    ? [
        ...(sub_em.greedy === null ? [] : [['greedy', sub_em.greedy] as const]),
        ['mean of all', sub_em.random] as const,
        ...sub_em.winners.map(({ scorer, value }) => [scorer, value] as const),
        [`oracle@${sub_em.n}`, sub_em.oracle] as const,
      ].map(([name, value]) => ['sub_em', name, '', sub_em.questions, value])
    : [];
  return csvText([
    ['measure', 'scorer', 'other', 'questions', 'value'],
    ...scorers.map(({ scorer, questions }) => ['scored', scorer, '', questions, questions]),
    ...subEm,
    ...agreement.flatMap(({ scorers: [a, b], questions, same_winner, rank_correlation }) => [
      ['same_winner', a, b, questions, same_winner],
      ['rank_correlation', a, b, questions, rank_correlation],
    ]),
  ]);
}

export function bestOfCsv({ best_of }: Comparison): string {
  return csvText([
    ['scorer', 'n', 'mean', 'p5', 'p95'],
    ...(best_of?.lines ?? []).flatMap(({ name, points }) =>
      points.map(({ n, mean, low, high }) => [name, n, mean, low, high]),
    ),
  ]);
}

function subEmGrid({ scorers, sub_em }: Comparison): ReportGrid {
  const valueOf = (name: string) => sub_em?.winners.find(({ scorer }) => scorer === name)?.value;
  const row = (label: string, value: number | null | undefined, questions = '') => ({
    label,
    cells: [...(sub_em ? [text(value, (of) => of.toFixed(1))] : []), questions],
  });
  return {
    caption: 'Scorers',
    columns: [...(sub_em ? ['SubEM'] : []), 'questions scored'],
    rows: [
      ...(sub_em && sub_em.greedy !== null ? [row('greedy', sub_em.greedy)] : []),
      ...(sub_em ? [row('mean of all', sub_em.random)] : []),
      ...scorers.map(({ scorer, questions }) => row(scorer, valueOf(scorer), String(questions))),
      ...(sub_em ? [row(`oracle@${sub_em.n}`, sub_em.oracle)] : []),
    ],
  };
}

function agreementGrid(
  caption: string,
  { scorers, agreement }: Comparison,
  cell: (pair: Comparison['agreement'][number]) => string,
): ReportGrid {
  const names = scorers.map(({ scorer }) => scorer);
  return {
    caption,
    columns: names,
    rows: names.map((a) => ({
      label: a,
      cells: names.map((b) => {
        const pair = agreement.find(({ scorers: of }) => of.includes(a) && of.includes(b));
        return a === b || !pair ? '–' : cell(pair);
      }),
    })),
  };
}

function text(value: number | null | undefined, format: (value: number) => string): string {
  return value === null || value === undefined ? '–' : format(value);
}
