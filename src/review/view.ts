import * as z from 'zod';
import type { QuestionFacts } from './questionFacts.ts';

/** What a queue is sorted by; questions of which it is not known come last either way. */
export const SORT_KEYS = [
  'file',
  'id',
  'margin',
  'spread',
  'entropy',
  'majority',
  'clusters',
  'length_gap',
  'truncated',
  'context_tokens',
  'text',
  'reviewed',
  'overridden',
  'flagged',
  'reviewer',
] as const;
export type SortKey = (typeof SORT_KEYS)[number];

const range = z.strictObject({
  min: z.number().optional().describe('This much or more.'),
  max: z.number().optional().describe('This much or less.'),
});
const reviewer = z.string().min(1).describe('Name of a reviewer, or "me" for whoever looks.');

const filter = z.strictObject({
  text: z.string().optional().describe('Words that all occur in id, question, notes or answers.'),
  margin: range.optional(),
  spread: range.optional().describe('Highest score minus lowest.'),
  entropy: range.optional().describe('Of the split of the final answers, in bits.'),
  majority: range.optional().describe('Share of the most frequent final answer, 0 to 1.'),
  clusters: range.optional().describe('Number of different final answers.'),
  length_gap: range
    .optional()
    .describe(
      'Tokens of chosen minus tokens of rejected; characters where tokens were not counted.',
    ),
  context_tokens: range.optional(),
  minority_chosen: z.boolean().optional().describe('Chosen does not give the majority answer.'),
  same_answer: z.boolean().optional().describe('Chosen and rejected give the same answer.'),
  unclear: z.boolean().optional().describe('Some trajectories give no answer that can be read.'),
  truncated: z.boolean().optional().describe('Some trajectories were cut off.'),
  pair_truncated: z.boolean().optional().describe('Chosen or rejected was cut off.'),
  duplicates: z.boolean().optional().describe('Some trajectories have the text of another.'),
  empty: z.boolean().optional().describe('Some trajectories have no text.'),
  failed: z.boolean().optional().describe('The server refused some trajectories for good.'),
  refused: z.boolean().optional().describe('Some trajectories decline to answer.'),
  overridden: z.boolean().optional(),
  flagged: z.boolean().optional(),
  noted: z.boolean().optional(),
  disputed: z.boolean().optional(),
  left_out: z.boolean().optional().describe('The question gives no pair.'),
  reviewed: z.boolean().optional().describe('By anybody.'),
  outdated: z.boolean().optional().describe('Reviewed with another pair than the present one.'),
  skipped: z.boolean().optional(),
  reviewed_by: reviewer.optional(),
  not_reviewed_by: reviewer.optional(),
});

/** A queue as data: which questions, in which order, with how many others mixed in at random. */
export const viewSchema = z.strictObject({
  $schema: z.string().optional(),
  title: z.string().min(1).max(100).optional().describe('Shown in place of the name.'),
  filter: filter.default({}).describe('All conditions must hold.'),
  sort: z
    .array(z.strictObject({ by: z.enum(SORT_KEYS), descending: z.boolean().default(false) }))
    .default([])
    .describe('The first counts most; equal questions stay in the order of the file.'),
  audit: z
    .number()
    .min(0)
    .max(0.9)
    .optional()
    .describe(
      'Share of the queue that is mixed in at random from the other questions (default: review.audit_rate).',
    ),
});
export type View = z.infer<typeof viewSchema>;
export type ViewFilter = View['filter'];
export type ViewSort = View['sort'];

const ANSWER_FILTERS: ReadonlySet<string> = new Set<keyof ViewFilter>([
  ...(['text', 'entropy', 'majority', 'clusters'] as const),
  ...(['minority_chosen', 'same_answer', 'unclear'] as const),
]);
const ANSWER_SORTS: ReadonlySet<string> = new Set<SortKey>(['entropy', 'majority', 'clusters']);

/** Whether a view looks at final answers, which are read last. */
export function looksAtClusters({ filter, sort }: View): boolean {
  return (
    Object.keys(filter).some((key) => ANSWER_FILTERS.has(key)) ||
    sort.some(({ by }) => ANSWER_SORTS.has(by))
  );
}

type Condition = (facts: QuestionFacts) => boolean;

/**
 * The conditions of a filter as one function.
 *
 * @param me the reviewer who looks.
 */
export function matcher(filter: ViewFilter, me: string): Condition {
  const conditions = [...workConditions(filter, me), ...findingConditions(filter)];
  return (facts) => conditions.every((holds) => holds(facts));
}

/** Conditions on what is left to do: an audit sample is drawn under these alone. */
export function workMatcher(filter: ViewFilter, me: string): Condition {
  const conditions = workConditions(filter, me);
  return (facts) => conditions.every((holds) => holds(facts));
}

function workConditions(filter: ViewFilter, me: string): Condition[] {
  const name = (who: string) => (who === 'me' ? me : who);
  const { reviewed_by: by, not_reviewed_by: notBy } = filter;
  return [
    ...flag(filter.reviewed, ({ reviewedBy }) => reviewedBy.length > 0),
    ...flag(filter.outdated, ({ outdatedBy }) => outdatedBy.length > 0),
    ...flag(filter.skipped, ({ skippedBy }) => skippedBy.length > 0),
    ...(by === undefined ? [] : [({ reviewedBy }: QuestionFacts) => reviewedBy.includes(name(by))]),
    ...(notBy === undefined
      ? []
      : [({ reviewedBy }: QuestionFacts) => !reviewedBy.includes(name(notBy))]),
  ];
}

function findingConditions(filter: ViewFilter): Condition[] {
  const words = (filter.text ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return [
    ...(words.length > 0
      ? [
          (facts: QuestionFacts) => {
            const text = searched(facts);
            return words.every((word) => text.includes(word));
          },
        ]
      : []),
    ...within(filter.margin, ({ margin }) => margin),
    ...within(filter.spread, ({ spread }) => spread),
    ...within(filter.entropy, ({ entropy }) => entropy),
    ...within(filter.majority, ({ majority }) => majority),
    ...within(filter.clusters, ({ clusters }) => clusters),
    ...within(filter.length_gap, ({ lengthGap }) => lengthGap),
    ...within(filter.context_tokens, ({ contextTokens }) => contextTokens),
    ...flag(
      filter.minority_chosen,
      (facts) => hasPair(facts) && facts.clustered && facts.chosenCluster !== 0,
    ),
    ...flag(
      filter.same_answer,
      ({ chosenCluster, rejectedCluster }) =>
        chosenCluster !== undefined && chosenCluster === rejectedCluster,
    ),
    ...flag(filter.unclear, ({ unclear }) => unclear !== undefined && unclear > 0),
    ...flag(filter.truncated, ({ flaws }) => flaws.truncated > 0),
    ...flag(filter.pair_truncated, ({ pairTruncated }) => pairTruncated),
    ...flag(filter.duplicates, ({ flaws }) => flaws.duplicate > 0),
    ...flag(filter.empty, ({ flaws }) => flaws.empty > 0),
    ...flag(filter.failed, ({ flaws }) => flaws.failed > 0),
    ...flag(filter.refused, ({ flaws }) => flaws.refused > 0),
    ...flag(filter.overridden, ({ overriddenBy }) => overriddenBy.length > 0),
    ...flag(filter.flagged, ({ flaggedBy }) => flaggedBy.length > 0),
    ...flag(filter.noted, ({ notes }) => notes > 0),
    ...flag(filter.disputed, ({ disputed }) => disputed),
    ...flag(filter.left_out, ({ leftOut }) => leftOut !== undefined),
  ];
}

/** Made for each search: a second copy of all questions is more than a search takes. */
function searched({ id, question, words }: QuestionFacts): string {
  return [id, question, ...words].join('\n').toLowerCase();
}

function hasPair({ leftOut }: QuestionFacts): boolean {
  return leftOut === undefined;
}

function flag(wanted: boolean | undefined, is: Condition): Condition[] {
  return wanted === undefined ? [] : [(facts) => is(facts) === wanted];
}

/** What is not known is within no range. */
function within(
  wanted: { min?: number | undefined; max?: number | undefined } | undefined,
  of: (facts: QuestionFacts) => number | undefined,
): Condition[] {
  if (!wanted) return [];
  const { min = -Infinity, max = Infinity } = wanted;
  return [
    (facts) => {
      const value = of(facts);
      return value !== undefined && value >= min && value <= max;
    },
  ];
}
