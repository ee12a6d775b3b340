import type { AnswerClusters } from '../clusters/answerClusters.ts';
import { seededRandom, shuffled } from '../random.ts';
import type { PairPolicy } from '../study/config.ts';
import type { TrajectoryEntry } from '../study/entries.ts';

/** Where the rejected trajectory stands among the scores for the rule "quantile", where the study names none. */
const DEFAULT_QUANTILE = 0.25;

export interface RejectedInput {
  questionId: string;
  policy: PairPolicy;
  /** Indices that the policy may use, by falling score; equal scores by rising index. */
  ranked: readonly number[];
  scoreOf: (index: number) => number | undefined;
  entries: ReadonlyMap<number, TrajectoryEntry>;
  clusters: () => AnswerClusters;
}

/** Why a policy finds no rejected trajectory. */
export type NoRejected = 'small_margin' | 'length_ratio' | 'one_cluster';

export interface RejectedChoice {
  /** In the order of the policy; texts differ from each other and from that of chosen. Empty only where there is none at all. */
  order: number[];
  /** The first of `order` is then what the policy would have taken without the limit that says no. */
  none: NoRejected | undefined;
}

/**
 * The rejected trajectories that a policy takes beside a chosen one (paper, section 3.2: at random from the lower half).
 *
 * @param limits whether margin and lengths are held to the policy: not where a reviewer chose.
 */
export function rejectedFor(
  input: RejectedInput,
  chosen: number | undefined,
  limits: boolean,
): RejectedChoice {
  const { policy, entries, scoreOf } = input;
  const others = preference(input, chosen).filter((index) => index !== chosen);
  const distinct = distinctTexts(others, entries, chosen);
  if (distinct.length === 0)
    return policy.rejected === 'other_cluster' && input.ranked.length > 1
      ? { order: lowerHalf(input, chosen), none: 'one_cluster' }
      : { order: others.slice(0, 1), none: undefined };
  const high = chosen === undefined ? undefined : scoreOf(chosen);
  if (!limits || chosen === undefined || high === undefined)
    return { order: distinct, none: undefined };

  const { min_margin: minMargin, max_length_ratio: maxRatio } = policy;
  const apart = distinct.filter(
    (index) => minMargin === undefined || high - (scoreOf(index) ?? high) >= minMargin,
  );
  if (apart.length === 0) return { order: distinct, none: 'small_margin' };
  const alike = apart.filter(
    (index) =>
      maxRatio === undefined || lengthRatio(entries.get(chosen), entries.get(index)) <= maxRatio,
  );
  return alike.length === 0
    ? { order: apart, none: 'length_ratio' }
    : { order: alike, none: undefined };
}

/** All candidates in the order in which the rule prefers them. */
function preference(input: RejectedInput, chosen: number | undefined): number[] {
  const { policy, ranked, scoreOf } = input;
  switch (policy.rejected) {
    case 'random_lower_half':
      return shuffledLowerHalf(input);
    case 'lowest':
      return byNearness(input, () => 0);
    case 'quantile': {
      const target = (ranked.length - 1) * (policy.quantile ?? DEFAULT_QUANTILE);
      const position = new Map([...ranked].reverse().map((index, place) => [index, place]));
      return byNearness(input, (index) => Math.abs((position.get(index) ?? 0) - target));
    }
    case 'other_cluster': {
      const { byIndex } = input.clusters();
      const own = chosen === undefined ? undefined : byIndex.get(chosen);
      const others = ranked.filter((index) => {
        const cluster = byIndex.get(index);
        return cluster !== undefined && cluster !== own && scoreOf(index) !== undefined;
      });
      return shuffled(others, seededRandom(policy.seed, 'other cluster', input.questionId));
    }
  }
}

/** The order is drawn over the whole lower half, so that what is chosen does not change which come before others. */
function shuffledLowerHalf({ ranked, policy, questionId }: RejectedInput): number[] {
  const lower = ranked.slice(Math.ceil(ranked.length / 2));
  return shuffled(lower, seededRandom(policy.seed, 'rejected', questionId));
}

function lowerHalf(input: RejectedInput, chosen: number | undefined): number[] {
  return shuffledLowerHalf(input).filter((index) => index !== chosen);
}

/** By rising distance, then by rising score, then by rising index. */
function byNearness(
  { ranked, scoreOf }: RejectedInput,
  distance: (index: number) => number,
): number[] {
  return [...ranked].sort(
    (a, b) => distance(a) - distance(b) || (scoreOf(a) ?? 0) - (scoreOf(b) ?? 0) || a - b,
  );
}

function distinctTexts(
  indices: readonly number[],
  entries: ReadonlyMap<number, TrajectoryEntry>,
  chosen: number | undefined,
): number[] {
  const seen = new Set([chosen === undefined ? undefined : entries.get(chosen)?.text]);
  return indices.filter((index) => {
    const text = entries.get(index)?.text;
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** How many times longer the longer one is, in tokens, or in characters where the server counted none. */
function lengthRatio(a: TrajectoryEntry | undefined, b: TrajectoryEntry | undefined): number {
  if (!a || !b) return 1;
  const counted = a.completionTokens !== null && b.completionTokens !== null;
  const [x, y] = counted
    ? [a.completionTokens ?? 0, b.completionTokens ?? 0]
    : [a.characters, b.characters];
  const shorter = Math.min(x, y);
  return shorter === 0 ? Infinity : Math.max(x, y) / shorter;
}
