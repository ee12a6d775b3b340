import type { AnswerClusters } from '../clusters/answerClusters.ts';
import type { DecisionRecord } from '../records/schemas.ts';
import type { PairPolicy } from '../study/config.ts';
import {
  isEmpty,
  isFailed,
  isRefused,
  isTruncated,
  type ScoreEntry,
  type TrajectoryEntry,
} from '../study/entries.ts';
import {
  standing,
  verdictOf,
  verdictsByReviewer,
  type ActiveOverride,
  type Verdict,
} from './decisions.ts';
import {
  rejectedFor,
  type NoRejected,
  type RejectedChoice,
  type RejectedInput,
} from './rejected.ts';
import {
  areDisputed,
  settled,
  type Opinion,
  type OpinionVerdict,
  type Settlement,
} from './settle.ts';

export interface PairInput {
  questionId: string;
  sampling: string;
  /** By index; failed ones are passed over. */
  trajectories: readonly TrajectoryEntry[];
  score: ScoreEntry | undefined;
  policy: PairPolicy;
  settlement: Settlement;
  /** Of this question, in order. */
  decisions: readonly DecisionRecord[];
  /** Trajectories that the question is to have: one alone has nothing to be compared with. */
  n?: number;
  /** Of the final answers: asked only where the policy looks at them. */
  clusters: () => AnswerClusters;
}

/** One side of a pair; `override` is absent where the policy took it. */
export interface Choice {
  index: number;
  override: DecisionRecord | undefined;
}

/** Why a question gives no pair. */
export type LeftOut =
  | 'not_sampled'
  | 'not_scored'
  | 'too_few'
  | 'one_answer'
  | 'equal_texts'
  | 'empty_text'
  | 'both_bad'
  | 'disputed'
  | NoRejected;

export const LEFT_OUT_TEXT: Record<LeftOut, string> = {
  not_sampled: 'it has no trajectories',
  not_scored: 'its trajectories are not scored',
  too_few: 'it has fewer than two trajectories to choose from',
  one_answer: 'it has one answer and none to reject',
  equal_texts: 'chosen and rejected have the same text',
  empty_text: 'chosen or rejected is empty',
  both_bad: 'a reviewer found neither trajectory fit',
  disputed: 'reviewers do not agree, and nothing settles it yet',
  small_margin: 'no rejected trajectory is as far below as the policy asks',
  length_ratio: 'the lengths differ more than the policy allows',
  one_cluster: 'no trajectory gives another final answer',
};

export interface DerivedPair {
  chosen: Choice | undefined;
  rejected: Choice | undefined;
  /** Further rejected trajectories, where the policy takes several pairs a question. */
  more: number[];
  policy: { chosen: number | undefined; rejected: number | undefined };
  /** Score of chosen minus score of rejected, where both were scored. */
  margin: number | undefined;
  /** Each reviewer's, in the order of their first decision. */
  opinions: Opinion[];
  /** Whether opinions come to different pairs, settled or not. */
  disputed: boolean;
  leftOut: LeftOut | undefined;
}

/**
 * The preference pair of a question (paper, section 3.2): chosen is the argmax of the score, ties going to the lowest
 * index; rejected is taken as the policy says, by default at random from the lower half by score. Reviewers' decisions lie
 * on top. Chosen and rejected never have the same text: an override that makes them equal leaves the question out. Of a
 * question from another dataset, the dataset says which is chosen and which rejected, in place of scores and policy.
 */
export function derivePair(input: PairInput): DerivedPair {
  const usable = new Map(
    input.trajectories.filter((entry) => !isFailed(entry)).map((entry) => [entry.index, entry]),
  );
  const { indices = [], scores: values = [] } = input.score ?? {};
  const scores = new Map(indices.map((index, position) => [index, values[position]]));
  const candidates: RejectedInput = {
    questionId: input.questionId,
    policy: input.policy,
    ranked: ranking(input.score).filter(
      (index) => usable.has(index) && !isDropped(index, usable, input.policy),
    ),
    scoreOf: (index) => scores.get(index),
    entries: usable,
    clusters: input.clusters,
  };
  const given = givenSides(usable.values()) ?? expertSides(input, usable);
  const best = given?.chosen?.index ?? candidates.ranked[0];
  const rejectedBeside = (chosen: number | undefined, limits: boolean): RejectedChoice =>
    given
      ? { order: given.rejected ? [given.rejected.index] : [], none: undefined }
      : rejectedFor(candidates, chosen, limits);
  const byPolicy = rejectedBeside(best, true);
  const policy = { chosen: best, rejected: byPolicy.order[0] };

  const sidesUnder = (verdict: Verdict) => {
    const chosen = choice(verdict.chosen, policy.chosen, usable);
    const { order, none } =
      chosen?.index === best && !chosen?.override ? byPolicy : rejectedBeside(chosen?.index, false);
    const rejected = choice(verdict.rejected, order[0], usable);
    return { chosen, rejected, order, none: rejected?.override ? undefined : none };
  };
  const decisions = standing(input.decisions, input.sampling);
  const opinions = opinionsOf(decisions, policy, sidesUnder);
  const verdict = verdictThatCounts(decisions, opinions, input.settlement);
  const { chosen, rejected, order, none } = sidesUnder(verdict ?? NOTHING);

  const scoreIn = ({ index }: Choice) => scores.get(index) ?? usable.get(index)?.imported?.score;
  const high = chosen && scoreIn(chosen);
  const low = rejected && scoreIn(rejected);
  const further = (input.policy.per_question ?? 1) - 1;
  const more =
    further === 0
      ? []
      : order.filter((index) => index !== rejected?.index && index !== chosen?.index);
  return {
    chosen,
    rejected,
    more: more.slice(0, further),
    policy,
    margin: high !== undefined && low !== undefined ? high - low : undefined,
    opinions,
    disputed: areDisputed(opinions),
    leftOut:
      (given && !rejected
        ? withoutRejected(chosen && usable.get(chosen.index), verdict)
        : leftOutReason(input, usable, chosen, rejected)) ??
      (verdict === undefined ? 'disputed' : verdict.leaveOut ? 'both_bad' : none),
  };
}

/** The pairs that a question gives, by index: none where it is left out, several where the policy takes several. */
export function sidesOf({
  chosen,
  rejected,
  more,
  leftOut,
}: DerivedPair): { chosen: number; rejected: number }[] {
  if (leftOut || !chosen || !rejected) return [];
  return [rejected.index, ...more].map((index) => ({ chosen: chosen.index, rejected: index }));
}

/** The sides that another dataset puts its answers on; undefined where the trajectories were sampled. */
function givenSides(trajectories: Iterable<TrajectoryEntry>) {
  const imported = [...trajectories].filter((entry) => entry.imported !== undefined);
  if (imported.length === 0) return undefined;
  const side = (wanted: 'chosen' | 'rejected') =>
    imported.find((entry) => entry.imported?.as === wanted);
  return { chosen: side('chosen'), rejected: side('rejected') };
}

/**
 * The one answer of a study that samples once a question, as that of an expert model for SFT (paper, Table 5): chosen
 * without scores. Undefined where there are to be more.
 */
function expertSides(
  { n, policy }: PairInput,
  usable: ReadonlyMap<number, TrajectoryEntry>,
): ReturnType<typeof givenSides> {
  const [only, ...others] = usable.values();
  if (n !== 1 || only?.index !== 0 || others.length > 0) return undefined;
  return isDropped(only.index, usable, policy) ? undefined : { chosen: only, rejected: undefined };
}

/** Why a question gives no pair that has nothing to reject; a format that takes answers takes those of `one_answer`. */
function withoutRejected(
  chosen: TrajectoryEntry | undefined,
  verdict: Verdict | undefined,
): LeftOut {
  if (verdict?.leaveOut) return 'both_bad';
  return chosen && isEmpty(chosen) ? 'empty_text' : 'one_answer';
}

/** Indices by falling score; equal scores by rising index. */
export function ranking(score: ScoreEntry | undefined): number[] {
  if (!score) return [];
  return score.indices
    .map((index, position) => ({ index, score: score.scores[position] ?? -Infinity }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ index }) => index);
}

const NOTHING: Verdict = {
  chosen: undefined,
  rejected: undefined,
  leaveOut: undefined,
  last: undefined,
};

/** @returns undefined where reviewers do not agree and nothing settles it. */
function verdictThatCounts(
  decisions: readonly DecisionRecord[],
  opinions: readonly Opinion[],
  { rule, lead }: Settlement,
): Verdict | undefined {
  if (opinions.length === 0) return NOTHING;
  return rule === 'latest' ? verdictOf(decisions) : settled(opinions, { rule, lead })?.own;
}

function opinionsOf(
  decisions: readonly DecisionRecord[],
  policy: DerivedPair['policy'],
  sidesOf: (verdict: Verdict) => { chosen: Choice | undefined; rejected: Choice | undefined },
): Opinion[] {
  if (decisions.length === 0) return [];
  return [...verdictsByReviewer(decisions)].map(([reviewer, own]) => {
    const { chosen, rejected } = sidesOf(own);
    const pair = { chosen: chosen?.index, rejected: rejected?.index };
    return {
      reviewer,
      pair: own.leaveOut ? null : pair,
      verdict: own.leaveOut ? 'leave_out' : changeOf(policy, pair),
      own,
      at: own.last?.at ?? '',
    };
  });
}

function changeOf(policy: DerivedPair['policy'], pair: DerivedPair['policy']): OpinionVerdict {
  if (pair.chosen === policy.chosen && pair.rejected === policy.rejected) return 'keep';
  return pair.chosen === policy.rejected && pair.rejected === policy.chosen ? 'swap' : 'change';
}

function isDropped(
  index: number,
  usable: ReadonlyMap<number, TrajectoryEntry>,
  { drop = [] }: PairPolicy,
): boolean {
  const entry = usable.get(index);
  return (
    entry !== undefined &&
    drop.some((kind) => {
      switch (kind) {
        case 'truncated':
          return isTruncated(entry);
        case 'refusals':
          return isRefused(entry);
        case 'empty':
          return isEmpty(entry);
        case 'duplicates':
          return [...usable.values()].some(
            (other) => other.index < index && other.text === entry.text,
          );
      }
    })
  );
}

function choice(
  override: ActiveOverride | undefined,
  byPolicy: number | undefined,
  usable: ReadonlyMap<number, TrajectoryEntry>,
): Choice | undefined {
  if (override && usable.has(override.index))
    return { index: override.index, override: override.decision };
  return byPolicy === undefined ? undefined : { index: byPolicy, override: undefined };
}

function leftOutReason(
  input: PairInput,
  usable: ReadonlyMap<number, TrajectoryEntry>,
  chosen: Choice | undefined,
  rejected: Choice | undefined,
): LeftOut | undefined {
  if (usable.size === 0) return 'not_sampled';
  if (chosen === undefined || rejected === undefined)
    return input.score === undefined && input.n !== 1 ? 'not_scored' : 'too_few';
  const [high, low] = [usable.get(chosen.index), usable.get(rejected.index)];
  if (high?.text === low?.text) return 'equal_texts';
  return high?.characters === 0 || low?.characters === 0 ? 'empty_text' : undefined;
}
