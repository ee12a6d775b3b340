import * as vscode from 'vscode';
import type { EndpointProfile } from '../../endpoint/endpointProfile.ts';
import { judgeCost } from '../../scoring/judge/cost.ts';
import { judgingText } from '../../scoring/judge/judgingText.ts';
import { outlineOf } from '../../scoring/outline.ts';
import type { QuestionOutline } from '../../scoring/scorer.ts';
import { scoringHash } from '../../scoring/selection.ts';
import type { StudyConfig } from '../../study/config.ts';
import { isFailed } from '../../study/entries.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';

/**
 * Says what scoring by the sampled model itself will ask of it, and whether to go on; of other scorers it says nothing.
 *
 * @param config with the scorer of this run.
 * @param pause awaited between questions, since a large study takes longer than the editor's host may block.
 * @throws an abort where the user declines.
 */
export async function confirmJudging(
  study: OpenStudy,
  endpoint: Pick<EndpointProfile, 'baseUrl' | 'prices'>,
  config: StudyConfig,
  pause: () => Promise<void>,
): Promise<void> {
  const { scorer } = config.scoring;
  const cost = judgeCost(scorer, await unscored(study, config, pause));
  if (!cost || cost.calls === 0) return;
  const ask = 'Score';
  const picked = await vscode.window.showWarningMessage(
    `Ask ${config.sampling.model} to judge the trajectories of ${study.name}?`,
    {
      modal: true,
      detail: `${judgingText(cost, endpoint)}.\n\n${scorer} on ${new URL(endpoint.baseUrl).host}. Judgements are kept as they come; those that there are already are not asked for again.`,
    },
    ask,
  );
  if (picked !== ask) throw cancelledByUser();
}

async function unscored(
  { index, selection: { sampling } }: OpenStudy,
  config: StudyConfig,
  pause: () => Promise<void>,
): Promise<QuestionOutline[]> {
  const { scorer } = config.scoring;
  const scoring = scoringHash(config);
  const outlines: QuestionOutline[] = [];
  for (const id of index.questions.keys()) {
    await pause();
    const entries = index.trajectories(id, sampling).filter((entry) => !isFailed(entry));
    const score = index.currentScore(id, { scorer, scoring, sampling });
    const known = new Set([...(score?.indices ?? []), ...(score?.unscored ?? [])]);
    if (score?.config === scoring && entries.every(({ index: at }) => known.has(at))) continue;
    outlines.push(outlineOf(id, entries, index));
  }
  return outlines;
}
