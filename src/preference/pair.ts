import { seededRandom, shuffled } from '../random.ts';
import type { DecisionRecord } from '../records/schemas.ts';
import { isFailed, type ScoreEntry, type TrajectoryEntry } from '../study/entries.ts';
import { activeOverrides, type ActiveOverride } from './decisions.ts';

/** How the study takes its pairs where no reviewer decided. */
export interface PairPolicy {
  rejected: 'random_lower_half';
  seed: number;
}

export interface PairInput {
  questionId: string;
  sampling: string;
  /** By index; failed ones are passed over. */
  trajectories: readonly TrajectoryEntry[];
  score: ScoreEntry | undefined;
  policy: PairPolicy;
  /** Of this question, in order. */
  decisions: readonly DecisionRecord[];
}

/** One side of a pair; `override` is absent where the policy took it. */
export interface Choice {
  index: number;
  override: DecisionRecord | undefined;
}

/** Why a question gives no pair. */
export type LeftOut =
  'not_sampled' | 'not_scored' | 'too_few' | 'one_answer' | 'equal_texts' | 'empty_text';

export const LEFT_OUT_TEXT: Record<LeftOut, string> = {
  not_sampled: 'it has no trajectories',
  not_scored: 'its trajectories are not scored',
  too_few: 'it has fewer than two trajectories to choose from',
  one_answer: 'its dataset gives one answer and none to reject',
  equal_texts: 'chosen and rejected have the same text',
  empty_text: 'chosen or rejected is empty',
};

export interface DerivedPair {
  chosen: Choice | undefined;
  rejected: Choice | undefined;
  policy: { chosen: number | undefined; rejected: number | undefined };
  /** Score of chosen minus score of rejected, where both were scored. */
  margin: number | undefined;
  leftOut: LeftOut | undefined;
}

/**
 * The preference pair of a question (paper, section 3.2): chosen is the argmax of the score, ties going to the lowest
 * index; rejected is drawn from the lower half by score with a seed of the question's own. Reviewers' overrides lie on
 * top. Chosen and rejected never have the same text: the draw goes on to the next one of the lower half, and an
 * override that makes them equal leaves the question out. Of a question from another dataset, the dataset says which is
 * chosen and which rejected, in place of scores and policy.
 */
export function derivePair(input: PairInput): DerivedPair {
  const usable = new Map(
    input.trajectories.filter((entry) => !isFailed(entry)).map((entry) => [entry.index, entry]),
  );
  const ranked = ranking(input.score).filter((index) => usable.has(index));
  const overrides = activeOverrides(input.decisions, input.sampling);

  const given = givenSides(usable.values());
  const best = given?.chosen?.index ?? ranked[0];
  const rejectedFor = (chosen: number | undefined) =>
    given ? given.rejected?.index : drawRejected(input, ranked, usable, chosen);
  const policy = { chosen: best, rejected: rejectedFor(best) };
  const chosen = choice(overrides.chosen, policy.chosen, usable);
  const rejected = choice(
    overrides.rejected,
    chosen?.index === best ? policy.rejected : rejectedFor(chosen?.index),
    usable,
  );
  const scores = new Map(
    input.score?.indices.map((index, position) => [index, input.score?.scores[position]]),
  );
  const scoreOf = ({ index }: Choice) => scores.get(index) ?? usable.get(index)?.imported?.score;
  const high = chosen && scoreOf(chosen);
  const low = rejected && scoreOf(rejected);
  return {
    chosen,
    rejected,
    policy,
    margin: high !== undefined && low !== undefined ? high - low : undefined,
    leftOut: given && !rejected ? 'one_answer' : leftOutReason(input, usable, chosen, rejected),
  };
}

/** The sides that another dataset puts its answers on; undefined where the trajectories were sampled. */
function givenSides(trajectories: Iterable<TrajectoryEntry>) {
  const imported = [...trajectories].filter((entry) => entry.imported !== undefined);
  if (imported.length === 0) return undefined;
  const side = (wanted: 'chosen' | 'rejected') =>
    imported.find((entry) => entry.imported?.as === wanted);
  return { chosen: side('chosen'), rejected: side('rejected') };
}

/** Indices by falling score; equal scores by rising index. */
export function ranking(score: ScoreEntry | undefined): number[] {
  if (!score) return [];
  return score.indices
    .map((index, position) => ({ index, score: score.scores[position] ?? -Infinity }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ index }) => index);
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

function drawRejected(
  input: PairInput,
  ranked: readonly number[],
  usable: ReadonlyMap<number, TrajectoryEntry>,
  chosen: number | undefined,
): number | undefined {
  const lower = ranked.slice(Math.ceil(ranked.length / 2));
  // The order is drawn over the whole lower half, so that what is chosen does not change which come before others.
  const order = shuffled(lower, seededRandom(input.policy.seed, 'rejected', input.questionId));
  const others = order.filter((index) => index !== chosen);
  const text = chosen === undefined ? undefined : usable.get(chosen)?.text;
  return others.find((index) => usable.get(index)?.text !== text) ?? others[0];
}

function leftOutReason(
  input: PairInput,
  usable: ReadonlyMap<number, TrajectoryEntry>,
  chosen: Choice | undefined,
  rejected: Choice | undefined,
): LeftOut | undefined {
  if (usable.size === 0) return 'not_sampled';
  if (chosen === undefined || rejected === undefined)
    return input.score === undefined ? 'not_scored' : 'too_few';
  const [high, low] = [usable.get(chosen.index), usable.get(rejected.index)];
  if (high?.text === low?.text) return 'equal_texts';
  return high?.characters === 0 || low?.characters === 0 ? 'empty_text' : undefined;
}
