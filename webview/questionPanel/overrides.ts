import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { indexLabel } from './format.ts';
import type { Side } from './marks.ts';

export type Override =
  { ok: true; sides: { chosen?: number; rejected?: number } } | { ok: false; why: string };

/**
 * What to ask the editor for so that `index` becomes `side`. Making one side of the pair the other swaps the two: a pair
 * never holds the same trajectory twice.
 */
export function overrideFor(question: PanelQuestion, side: Side, index: number): Override {
  const label = indexLabel(question, index);
  const refuse = (why: string): Override => ({ ok: false, why });
  if (question.readOnly !== null) return refuse(`Nothing was changed: ${question.readOnly}`);
  const trajectory = question.trajectories.find((candidate) => candidate.index === index);
  if (trajectory === undefined) return refuse(`${label} is not among the samples.`);
  if (trajectory.failed) return refuse(`${label} failed and has no text, so it cannot be ${side}.`);

  const { chosen, rejected } = question.pair;
  if (question.pair[side]?.index === index) return refuse(`${label} is ${side} already.`);
  if (side === 'chosen') {
    const swap = rejected?.index === index && chosen !== null;
    return {
      ok: true,
      sides: swap ? { chosen: index, rejected: chosen.index } : { chosen: index },
    };
  }
  const swap = chosen?.index === index && rejected !== null;
  return {
    ok: true,
    sides: swap ? { chosen: rejected.index, rejected: index } : { rejected: index },
  };
}
