import type { DecisionRecord } from '../records/schemas.ts';
import type { Selection } from '../scoring/selection.ts';
import type { StudyConfig } from '../study/config.ts';
import type { ScoreEntry, TrajectoryEntry } from '../study/entries.ts';
import type { StudyIndex } from '../study/studyIndex.ts';
import { decisionsByQuestion } from './decisions.ts';
import { derivePair, type DerivedPair } from './pair.ts';

/** Everything known of a question under a selection. */
export interface QuestionState {
  questionId: string;
  trajectories: TrajectoryEntry[];
  score: ScoreEntry | undefined;
  decisions: readonly DecisionRecord[];
  pair: DerivedPair;
}

/** The state of questions one by one; made anew when decisions were added. */
export class QuestionStates {
  readonly #index: StudyIndex;
  readonly #config: StudyConfig;
  readonly #selection: Selection;
  readonly #decisions: ReadonlyMap<string, DecisionRecord[]>;

  constructor(index: StudyIndex, config: StudyConfig, selection: Selection) {
    this.#index = index;
    this.#config = config;
    this.#selection = selection;
    this.#decisions = decisionsByQuestion(index.decisions.values());
  }

  of(questionId: string): QuestionState {
    const { sampling, scorer, scoring } = this.#selection;
    const trajectories = this.#index.trajectories(questionId, sampling);
    const score = this.#index.currentScore(questionId, { scorer, scoring, sampling });
    const decisions = this.#decisions.get(questionId) ?? [];
    const pair = derivePair({
      questionId,
      sampling,
      trajectories,
      score,
      policy: this.#config.pairs,
      decisions,
    });
    return { questionId, trajectories, score, decisions, pair };
  }
}
