import type { PairSetSummary } from '../../preference/pairStatistics.ts';
import type { ColumnChart } from '../../protocol/chart.ts';
import type { DashboardView } from '../../protocol/dashboard.ts';
import type { ReportBar, ReportGrid, ReportTable } from '../../protocol/report.ts';
import { histogram } from '../../review/histogram.ts';
import type { ReviewSummary } from '../../review/reviewSummary.ts';

/** What a dashboard is made of. */
export interface DashboardInput {
  study: string;
  me: string;
  review: ReviewSummary;
  pairs: PairSetSummary;
  /** Of all pairs, in no order. */
  values: DashboardValues;
  /** Questions in the queues that a dashboard offers, by the name of their view. */
  queues: readonly { view: string; label: string; count: number }[];
  /** Others and the scores are not to be shown. */
  blind: boolean;
}

export interface DashboardValues {
  margins: number[];
  chosenScores: number[];
  rejectedScores: number[];
  /** Length of chosen minus that of rejected. */
  lengthGaps: number[];
}

export function dashboardView(input: DashboardInput): DashboardView {
  const { review, pairs, values, blind } = input;
  return {
    title: input.study,
    headline: headline(input),
    progress: progressOf(input),
    tables: blind ? [] : [pairsTable(pairs), answersTable(review)],
    grids: [...reviewersGrids(input), ...(blind ? [] : agreementGrids(review))],
    charts: blind
      ? []
      : [
          { chart: marginChart(values.margins), note: MARGIN_NOTE },
          { chart: scoreChart(values), note: '' },
          { chart: bandChart(review), note: BAND_NOTE },
          {
            chart: lengthChart(values.lengthGaps, pairs.length?.unit ?? 'tokens'),
            note: LENGTH_NOTE,
          },
        ],
    queues: input.queues
      .filter(({ view, count }) => count > 0 && !(blind && view === 'disputed'))
      .map(({ view, label, count }) => ({ view, label: `${label}: ${count}` })),
    notes: notes(input),
  };
}

/** "120 of 214 questions reviewed, 38 s median, 14 % overridden; agreement 0.71 (alpha); 9 in dispute" */
export function headline({ review, me, blind }: DashboardInput): string {
  const own = review.reviewers.find(({ reviewer }) => reviewer === me);
  const median = own?.median_seconds ?? null;
  const counted = blind ? (own?.questions ?? 0) : review.reviewed;
  const overridden = blind ? undefined : overriddenShare(review);
  const first = [
    `${counted} of ${review.questions} questions reviewed`,
    ...(median === null ? [] : [`${seconds(median)} median`]),
    ...(overridden === undefined ? [] : [`${percent(overridden)} overridden`]),
  ].join(', ');
  if (blind || review.agreement.questions === 0) return first;
  const { alpha, same_verdict: same, disputed } = review.agreement;
  const agreed =
    alpha === null
      ? same === null
        ? []
        : [`same verdict on ${percent(same)}`]
      : [`agreement ${alpha.toFixed(2)} (Krippendorff's alpha)`];
  return [first, ...agreed, `${disputed.length} in dispute`].join('; ');
}

/** Of the questions with a verdict: another pair than the policy's, or none, by anybody. */
function overriddenShare({ by_margin }: ReviewSummary): number | undefined {
  let reviewed = 0;
  let overridden = 0;
  for (const band of by_margin) {
    reviewed += band.reviewed;
    overridden += band.overridden;
  }
  return reviewed === 0 ? undefined : overridden / reviewed;
}

function progressOf({ review, me, blind }: DashboardInput): ReportBar[] {
  const bar = (label: string, count: number): ReportBar => ({
    label,
    what: `${count} of ${review.questions} questions`,
    value: review.questions === 0 ? null : (count / review.questions) * 100,
  });
  const reviewers = review.reviewers.filter(({ reviewer }) => !blind || reviewer === me);
  if (blind && reviewers.length === 0) return [bar(`${me} (you)`, 0)];
  return [
    ...(blind ? [] : [bar('by anybody', review.reviewed)]),
    ...reviewers.map(({ reviewer, questions }) =>
      bar(reviewer === me ? `${reviewer} (you)` : reviewer, questions),
    ),
  ];
}

/** None while nobody has reviewed anything: the notes say what to do then. */
function reviewersGrids({ review, me, blind }: DashboardInput): ReportGrid[] {
  const time = (median: number | null) => (median === null ? 'not measured' : seconds(median));
  // How often one's own pair turns out to be the policy's would say, one question after another, what the policy takes.
  const grid: ReportGrid = blind
    ? {
        caption: 'Your review',
        columns: ['questions', 'left out', 'median time'],
        rows: review.reviewers
          .filter(({ reviewer }) => reviewer === me)
          .map(({ reviewer, questions, verdicts, median_seconds }) => ({
            label: reviewer,
            cells: [String(questions), String(verdicts.leave_out), time(median_seconds)],
          })),
      }
    : verdictsGrid(review, time);
  return grid.rows.length > 0 ? [grid] : [];
}

function verdictsGrid(review: ReviewSummary, time: (median: number | null) => string): ReportGrid {
  return {
    caption: "Reviewers, and what they made of the policy's pair",
    columns: ['questions', 'kept', 'swapped', 'changed', 'left out', 'median time'],
    rows: review.reviewers.map(({ reviewer, questions, verdicts, median_seconds }) => ({
      label: reviewer,
      cells: [
        ...[questions, verdicts.keep, verdicts.swap, verdicts.change, verdicts.leave_out].map(
          String,
        ),
        time(median_seconds),
      ],
    })),
  };
}

function agreementGrids({ agreement }: ReviewSummary): ReportGrid[] {
  if (agreement.between.length === 0) return [];
  return [
    {
      caption: 'Agreement between reviewers',
      columns: ['questions of both', 'same verdict', 'same pair', "Cohen's kappa"],
      rows: agreement.between.map(({ a, b, questions, same_verdict, same_pair, kappa }) => ({
        label: `${a} and ${b}`,
        cells: [
          String(questions),
          optional(same_verdict, percent),
          optional(same_pair, percent),
          optional(kappa, (value) => value.toFixed(2)),
        ],
      })),
    },
  ];
}

function pairsTable(pairs: PairSetSummary): ReportTable {
  const { length } = pairs;
  return {
    caption: 'Pairs',
    rows: [
      { label: 'pairs', value: String(pairs.pairs) },
      { label: 'mean margin', value: optional(pairs.mean_margin, (value) => value.toFixed(3)) },
      {
        label: 'mean length, chosen and rejected',
        value: length
          ? `${Math.round(length.mean_chosen)} and ${Math.round(length.mean_rejected)} ${length.unit}`
          : 'not known',
      },
      {
        label: 'length bias',
        value: length
          ? `${signed(length.mean_gap)} ${length.unit}, Cohen's d ${optional(length.cohens_d, (value) => value.toFixed(2).replace('-', '\u2212'))}`
          : 'not known',
      },
      { label: 'sides answer differently', value: optional(pairs.other_answer, percent) },
      {
        label: 'chosen gives the majority answer',
        value: optional(pairs.majority_chosen, percent),
      },
    ],
  };
}

function answersTable({ answers, flagged, settle, lead }: ReviewSummary): ReportTable {
  return {
    caption: 'Questions',
    rows: [
      {
        label: 'different answers, mean',
        value: optional(answers.mean_clusters, (value) => value.toFixed(1)),
      },
      {
        label: 'entropy of the answers, mean',
        value: optional(answers.mean_entropy, (value) => `${value.toFixed(2)} bits`),
      },
      { label: 'samples without a clear answer', value: optional(answers.unclear, percent) },
      { label: 'flagged', value: String(flagged) },
      { label: 'disputes are settled by', value: SETTLE_WORDS[settle](lead) },
    ],
  };
}

const SETTLE_WORDS: Record<ReviewSummary['settle'], (lead: string | null) => string> = {
  latest: () => 'the latest decision',
  majority: () => 'the majority; without one the question is left out',
  lead: (lead) => lead ?? 'a lead who is not named yet (review.lead)',
  leave_out: () => 'nothing: the question is left out',
};

const MARGIN_NOTE = 'Where the margin is small the samples disagree: look there first.';
const BAND_NOTE =
  'Where scores mean something, reviewers change less the larger the margin. Fifths of the questions by margin.';
const LENGTH_NOTE =
  'Right of zero the chosen one is longer: pairs that lean to one side teach length as well.';

function marginChart(margins: readonly number[]): ColumnChart {
  const { edges, counts } = histogram([margins]);
  return {
    name: 'margins',
    title: 'Margins',
    xLabel: 'score of chosen minus score of rejected',
    yLabel: 'questions',
    series: [{ label: 'questions', hue: 4 }],
    columns: columnsOf(counts, edges),
    edges,
    ...emptyWhere(margins.length === 0, NO_SCORES),
  };
}

const NO_SCORES = 'No pair has scores yet: sample and score the study first.';

function emptyWhere(is: boolean, why: string): { empty?: string } {
  return is ? { empty: why } : {};
}

function scoreChart({ chosenScores, rejectedScores }: DashboardValues): ColumnChart {
  const { edges, counts } = histogram([chosenScores, rejectedScores], 16);
  return {
    name: 'scores',
    title: 'Scores',
    xLabel: "score under the study's scorer",
    yLabel: 'questions',
    series: [
      { label: 'chosen', hue: 1 },
      { label: 'rejected', hue: 2 },
    ],
    columns: columnsOf(counts, edges),
    edges,
    ...emptyWhere(chosenScores.length + rejectedScores.length === 0, NO_SCORES),
  };
}

function bandChart({ by_margin }: ReviewSummary): ColumnChart {
  return {
    name: 'overridden-by-margin',
    title: 'Do reviewers agree with the method?',
    xLabel: "margin of the policy's pair, in fifths of the questions",
    yLabel: 'overridden, % of those reviewed',
    series: [{ label: 'overridden, %', hue: 2 }],
    columns: by_margin.map(({ from, to, reviewed, overridden }) => ({
      label: `${from.toFixed(2)}–${to.toFixed(2)}`,
      values: [reviewed === 0 ? null : Math.round((overridden / reviewed) * 1000) / 10],
      note: reviewed === 0 ? 'none' : `${overridden} of ${reviewed}`,
    })),
    max: 100,
    ...emptyWhere(
      by_margin.every(({ reviewed }) => reviewed === 0),
      'No question with a margin is reviewed yet: open a queue and agree with a pair, or change it.',
    ),
  };
}

function lengthChart(gaps: readonly number[], unit: string): ColumnChart {
  const { edges, counts } = histogram([gaps]);
  return {
    name: 'length-gaps',
    title: 'Length bias',
    xLabel: `${unit} of chosen minus ${unit} of rejected`,
    yLabel: 'questions',
    series: [{ label: 'questions', hue: 4 }],
    columns: columnsOf(counts, edges),
    edges,
    ...emptyWhere(gaps.length === 0, 'There is no pair yet: sample and score the study first.'),
  };
}

function columnsOf(
  counts: readonly (readonly number[])[],
  edges: readonly number[],
): ColumnChart['columns'] {
  return (counts[0] ?? []).map((_, bin) => ({
    label: `${edges[bin] ?? ''} to ${edges[bin + 1] ?? ''}`,
    values: counts.map((series) => series[bin] ?? 0),
  }));
}

function notes({ review, me, blind }: DashboardInput): string[] {
  const { agreement, reviewed, reviewers } = review;
  if (review.questions === 0) return ['The study has no questions yet: import some first.'];
  if (blind)
    return [
      'This study is reviewed blind: scores and what others decided are not shown.',
      ...(reviewers.some(({ reviewer }) => reviewer === me)
        ? []
        : [
            'You have reviewed nothing yet: open a queue, choose the best row of a question and reject another.',
          ]),
    ];
  return [
    ...(reviewed === 0
      ? ['Nobody has reviewed anything yet: open a queue and agree with a pair, or change it.']
      : []),
    ...(agreement.questions > 0
      ? [
          `Agreement is over the ${agreement.questions === 1 ? 'one question' : `${agreement.questions} questions`} with two opinions or more; verdicts are keep, swap, change and leave out.`,
        ]
      : []),
  ];
}

function seconds(value: number): string {
  if (value < 90) return `${value < 10 ? value.toFixed(1) : Math.round(value)} s`;
  return `${(value / 60).toFixed(1)} min`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(1)}`.replace('-', '\u2212');
}

function optional(value: number | null, format: (value: number) => string): string {
  return value === null ? 'not known' : format(value);
}
