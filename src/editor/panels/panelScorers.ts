import { questionAgreement, type ScoresByScorer } from '../../evaluation/questionAgreement.ts';
import type { PanelScorers } from '../../protocol/panel.ts';
import type { TrajectoryEntry } from '../../study/entries.ts';

/** The scorers of one question side by side; null where there are not two to compare. */
export function panelScorers(
  scores: ScoresByScorer,
  trajectories: readonly TrajectoryEntry[],
): PanelScorers | null {
  const { scorers, pairs } = questionAgreement(scores, trajectories);
  if (scorers.length < 2) return null;
  const textOf = new Map(trajectories.map(({ index, text }) => [index, text]));
  const winners = new Map<string, PanelScorers['winners'][number]>();
  for (const { scorer, winner } of scorers) {
    const text = textOf.get(winner) ?? `#${winner}`;
    const group = winners.get(text) ?? { indices: [], scorers: [] };
    if (!group.indices.includes(winner)) group.indices.push(winner);
    group.scorers.push(scorer);
    winners.set(text, group);
  }
  return {
    scorers: scorers.map(({ scorer, winner, standings }) => ({
      scorer,
      winner,
      standings: [...standings].map(([index, standing]) => ({ index, ...standing })),
    })),
    winners: [...winners.values()].sort((a, b) => b.scorers.length - a.scorers.length),
    pairs,
  };
}
