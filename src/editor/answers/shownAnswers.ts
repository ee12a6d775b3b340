import type { PanelQuestion } from '../../protocol/panel.ts';
import type { ShownAnswers } from './answerRulesCommand.ts';

/** How many samples of a question each rule found the answer of. */
export function shownAnswers({ questionId, trajectories }: PanelQuestion): ShownAnswers {
  const byRule = new Map<string, number>();
  for (const { answerFrom } of trajectories)
    if (answerFrom?.kind === 'rule')
      byRule.set(answerFrom.rule, (byRule.get(answerFrom.rule) ?? 0) + 1);
  return { questionId, samples: trajectories.length, byRule };
}
