import { isFailed } from '../study/entries.ts';
import type { OpenStudy } from './store/openStudy.ts';

/** How far a study is on its way from questions to pairs. */
export type StudyStage =
  'none' | 'empty' | 'unsampled' | 'sampled' | 'scored' | 'exported' | 'blind';

/**
 * The first step that is not done for every question decides; what comes after scores is hidden in a blind review. `pause`
 * is awaited between questions, since a large study takes longer than the editor's host may block.
 */
export async function studyStage(
  study: Pick<OpenStudy, 'index' | 'expected' | 'passingState' | 'blind'>,
  exported: boolean,
  pause: () => Promise<void>,
): Promise<StudyStage> {
  if (study.index.questions.size === 0) return 'empty';
  let incomplete = false;
  let unscored = false;
  for (const id of study.index.questions.keys()) {
    await pause();
    const state = study.passingState(id);
    if (state.score) continue;
    // Only now: they are made for whoever asks.
    const { trajectories } = state;
    if (trajectories[0]?.imported) continue;
    if (trajectories.length < study.expected) incomplete = true;
    // One answer alone, as that of an expert model, and one whose every sample was refused have nothing to score.
    else if (study.expected > 1 && !trajectories.every(isFailed)) unscored = true;
  }
  if (incomplete) return 'unsampled';
  if (unscored) return 'sampled';
  if (study.blind) return 'blind';
  return exported ? 'exported' : 'scored';
}
