import * as vscode from 'vscode';
import { scoringHash } from '../../scoring/selection.ts';
import { SCORERS, studyConfigSchema, type ScorerName } from '../../study/config.ts';
import { withScorer } from '../../study/withScorer.ts';
import { changeConfig } from '../configFile.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { TimeSlices } from '../store/timeSlices.ts';
import { requireTrust } from '../trust.ts';
import { scorerChoices } from './scorerChoices.ts';

/** Lets the user pick a scorer, with what each needs and has done already. */
export async function pickScorer(
  study: OpenStudy,
  slices: TimeSlices,
  texts: { title: string; placeHolder: string },
): Promise<ScorerName> {
  const picked = await vscode.window.showQuickPick(
    scorerChoices({
      current: study.config?.scoring.scorer,
      scored: await scoredQuestions(study, slices),
      questions: study.index.questions.size,
    }),
    { ...texts, matchOnDetail: true },
  );
  if (!picked) throw cancelledByUser();
  return picked.scorer;
}

/**
 * Makes a scorer that of the study. It is written to sealong.json, so that tree, panel, pairs and exports always go by the
 * same one.
 *
 * @throws SealongError `unsaved` where the file is being edited, `bad_config` where it is not JSON.
 */
export async function setScorer(study: OpenStudy, scorer: ScorerName): Promise<void> {
  requireTrust('Changing the scorer');
  await changeConfig(study, (text) => withScorer(text, scorer));
}

/** The scorer that a run of `score` says it used. */
export function scorerOf(summary: object): ScorerName | undefined {
  return SCORERS.find((scorer) => 'scorer' in summary && summary.scorer === scorer);
}

async function scoredQuestions(
  { config, index, selection }: OpenStudy,
  slices: TimeSlices,
): Promise<Map<ScorerName, number>> {
  const { sampling } = selection;
  const base = config ?? studyConfigSchema.parse({});
  const counts = new Map<ScorerName, number>();
  for (const scorer of SCORERS) {
    const scoring = scoringHash({ ...base, scoring: { ...base.scoring, scorer } });
    for (const id of index.questions.keys()) {
      await slices.pause();
      if (index.currentScore(id, { scorer, scoring, sampling }))
        counts.set(scorer, (counts.get(scorer) ?? 0) + 1);
    }
  }
  return counts;
}
