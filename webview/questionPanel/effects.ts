import type { LengthUnit, MeanLengthGap } from '../../src/preference/meanLengthGap.ts';
import type { PanelQuestion, PanelTrajectory } from '../../src/protocol/panel.ts';

export interface Sides {
  chosen: number | null;
  rejected: number | null;
}

/** What two sides come to. */
export interface PairFigures {
  /** Score of chosen minus score of rejected. */
  margin: number | null;
  /** Length of chosen minus that of rejected: where it leans one way, training learns length. Tokens are null where uncounted. */
  gap: Record<LengthUnit, number | null>;
}

export interface Effect {
  now: PairFigures;
  then: PairFigures;
}

/** What a decision would do to the pair, before it is made. */
export function effectOf(question: PanelQuestion, sides: Partial<Sides>): Effect {
  const now: Sides = {
    chosen: question.pair.chosen?.index ?? null,
    rejected: question.pair.rejected?.index ?? null,
  };
  return {
    now: figuresOf(question, now),
    then: figuresOf(question, { ...now, ...sides }),
  };
}

export function figuresOf(
  { trajectories }: Pick<PanelQuestion, 'trajectories'>,
  { chosen, rejected }: Sides,
): PairFigures {
  const find = (index: number | null): PanelTrajectory | undefined =>
    trajectories.find((trajectory) => trajectory.index === index);
  const [high, low] = [find(chosen), find(rejected)];
  return {
    margin: difference(high?.score, low?.score),
    gap: {
      tokens: difference(high?.completionTokens, low?.completionTokens),
      characters: difference(high?.text.length, low?.text.length),
    },
  };
}

/**
 * What the mean length gap of the study's pairs becomes when this question's pair is another, or, where `then` is null, when
 * it gives none; null where no pair is left, or a length is not known in the unit of the set.
 */
export function meanGapAfter(
  { pairs, meanGap, unit }: MeanLengthGap,
  question: PanelQuestion,
  then: PairFigures | null,
): number | null {
  const isIn = question.pair.leftOut === null;
  const before = isIn ? effectOf(question, {}).now.gap[unit] : 0;
  const after = then ? then.gap[unit] : 0;
  const count = pairs - (isIn ? 1 : 0) + (then ? 1 : 0);
  if (before === null || after === null || count === 0) return null;
  return (meanGap * pairs - before + after) / count;
}

/** The unit in which the lengths of all of these can be told. */
export function unitOf(...figures: readonly PairFigures[]): LengthUnit {
  return figures.every(({ gap }) => gap.tokens !== null) ? 'tokens' : 'characters';
}

function difference(a: number | null | undefined, b: number | null | undefined): number | null {
  return typeof a === 'number' && typeof b === 'number' ? a - b : null;
}
