import { isFailed } from '../study/entries.ts';
import type { QuestionState } from '../preference/studyPairs.ts';
import type { OpinionVerdict, Settlement } from '../preference/settle.ts';
import { agreement, type Agreement } from './agreement.ts';
import { atOnce } from './atOnce.ts';
import type { QuestionFacts } from './questionFacts.ts';

/** How far a study's review is, and what it says of the policy. */
export interface ReviewSummary {
  questions: number;
  /** With a verdict of anybody. */
  reviewed: number;
  flagged: number;
  /** Settled by this rule; where it finds nothing, the question is left out. */
  settle: Settlement['rule'];
  lead: string | null;
  reviewers: ReviewerSummary[];
  agreement: Agreement;
  /** Questions in bands of equal size by the margin of the policy's pair, from the smallest. */
  by_margin: MarginBand[];
  answers: AnswerSummary;
}

export interface ReviewerSummary {
  reviewer: string;
  questions: number;
  /** By what they made of the policy's pair. */
  verdicts: Record<OpinionVerdict, number>;
  /** Median time with a question in view until its verdict; null where it was not measured. */
  median_seconds: number | null;
}

/** Whether reviewers agree with the scores where these say little. */
export interface MarginBand {
  from: number;
  to: number;
  questions: number;
  reviewed: number;
  /** Of those reviewed: any reviewer did not keep the policy's pair. */
  overridden: number;
}

/** Final answers over all questions, found without a gold answer. */
export interface AnswerSummary {
  mean_clusters: number | null;
  /** In bits. */
  mean_entropy: number | null;
  /** Share of trajectories whose answer could not be read. */
  unclear: number | null;
}

const BANDS = 5;

/** @param answers where they are known already: to gather them takes the clusters of all questions. */
export function reviewSummary(...of: Parameters<typeof reviewSummarySteps>): ReviewSummary {
  return atOnce(reviewSummarySteps(...of));
}

/** The same in steps, between which whoever must not block can pause. */
export function* reviewSummarySteps(
  states: readonly QuestionState[],
  { rule, lead }: Settlement,
  answers: AnswerSummary = answerSummary(states.map(answerFacts)),
): Generator<undefined, ReviewSummary> {
  const reviewed = states.filter(({ pair }) => pair.opinions.length > 0);
  const flagged = states.filter(isFlagged).length;
  yield;
  const reviewers = reviewersOf(reviewed);
  yield;
  const agreed = yield* agreement(
    new Map(reviewed.map(({ questionId, pair }) => [questionId, pair.opinions])),
  );
  yield;
  return {
    questions: states.length,
    reviewed: reviewed.length,
    flagged,
    settle: rule,
    lead: lead ?? null,
    reviewers,
    agreement: agreed,
    by_margin: marginBands(states),
    answers,
  };
}

/** Whether a flag stands that nobody took away. */
export function isFlagged({ inForce }: Pick<QuestionState, 'inForce'>): boolean {
  return inForce.findLast(({ kind }) => kind === 'flag' || kind === 'unflag')?.kind === 'flag';
}

function reviewersOf(reviewed: readonly QuestionState[]): ReviewerSummary[] {
  const byName = new Map<string, { verdicts: Record<OpinionVerdict, number>; ms: number[] }>();
  for (const { pair, inForce } of reviewed)
    for (const { reviewer, verdict } of pair.opinions) {
      const own = byName.get(reviewer) ?? {
        verdicts: { keep: 0, swap: 0, change: 0, leave_out: 0 },
        ms: [],
      };
      byName.set(reviewer, own);
      own.verdicts[verdict] += 1;
      const spent = inForce.flatMap((decision) =>
        decision.reviewer === reviewer ? (decision.duration_ms ?? []) : [],
      );
      // Time on a question is counted anew for each decision on it.
      if (spent.length > 0) own.ms.push(spent.reduce((a, b) => a + b));
    }
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([reviewer, { verdicts, ms }]) => {
      const middle = median(ms);
      return {
        reviewer,
        questions: Object.values(verdicts).reduce((a, b) => a + b),
        verdicts,
        median_seconds: middle === null ? null : middle / 1000,
      };
    });
}

function marginBands(states: readonly QuestionState[]): MarginBand[] {
  const known = states
    .flatMap((state) => {
      const margin = policyMargin(state);
      return margin === undefined ? [] : [{ margin, opinions: state.pair.opinions }];
    })
    .sort((a, b) => a.margin - b.margin);
  return Array.from({ length: BANDS }, (_, band) =>
    known.slice(
      Math.round((band * known.length) / BANDS),
      Math.round(((band + 1) * known.length) / BANDS),
    ),
  ).flatMap((members): MarginBand[] => {
    const [first, last] = [members[0], members.at(-1)];
    if (!first || !last) return [];
    const judged = members.filter(({ opinions }) => opinions.length > 0);
    const overridden = judged.filter(({ opinions }) =>
      opinions.some(({ verdict }) => verdict !== 'keep'),
    );
    return [
      {
        from: first.margin,
        to: last.margin,
        questions: members.length,
        reviewed: judged.length,
        overridden: overridden.length,
      },
    ];
  });
}

/** Of the pair that the policy would take, whatever reviewers decided. */
export function policyMargin({ pair, score }: QuestionState): number | undefined {
  const scoreOf = (index: number | undefined) =>
    index === undefined ? undefined : score?.scores[score.indices.indexOf(index)];
  const [high, low] = [scoreOf(pair.policy.chosen), scoreOf(pair.policy.rejected)];
  return high === undefined || low === undefined ? undefined : high - low;
}

/** What is told of the answers of one question; undefined where they are not known. */
type AnswerFacts = Pick<QuestionFacts, 'trajectories' | 'clusters' | 'entropy' | 'unclear'>;

function answerFacts({ trajectories, clusters }: QuestionState): AnswerFacts {
  return {
    trajectories: trajectories.filter((entry) => !isFailed(entry)).length,
    clusters: clusters.clusters.length,
    entropy: clusters.entropy,
    unclear: clusters.unclear.length,
  };
}

export function answerSummary(questions: readonly AnswerFacts[]): AnswerSummary {
  const sampled = questions.filter(({ trajectories }) => trajectories > 0);
  const known = (of: 'clusters' | 'entropy' | 'unclear') =>
    sampled.flatMap((question) => question[of] ?? []);
  const samples = sampled.reduce((sum, { trajectories }) => sum + trajectories, 0);
  return {
    mean_clusters: mean(known('clusters')),
    mean_entropy: mean(known('entropy')),
    unclear: samples === 0 ? null : known('unclear').reduce((a, b) => a + b, 0) / samples,
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b) / values.length;
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}
