import type { AnswerClusters } from '../clusters/answerClusters.ts';
import { questionClusters } from '../clusters/questionClusters.ts';
import type { DecisionRecord } from '../records/schemas.ts';
import type { Selection } from '../scoring/selection.ts';
import type { StudyConfig } from '../study/config.ts';
import type { ScoreEntry, TrajectoryEntry } from '../study/entries.ts';
import type { StudyIndex } from '../study/studyIndex.ts';
import { decisionsByQuestion, standing } from './decisions.ts';
import type { Settlement } from './settle.ts';
import { derivePair, type DerivedPair, type PairInput } from './pair.ts';

/** Everything known of a question under a selection. */
export interface QuestionState {
  questionId: string;
  trajectories: readonly TrajectoryEntry[];
  score: ScoreEntry | undefined;
  /** All, in order, and those of them that are in force. */
  decisions: readonly DecisionRecord[];
  inForce: readonly DecisionRecord[];
  pair: DerivedPair;
  /** Of the final answers; made when first asked for. */
  readonly clusters: AnswerClusters;
  /** The clusters as they would be with other corrections. @param decisions those in force. */
  clustersUnder: (decisions: readonly DecisionRecord[]) => AnswerClusters;
  /** The pair as it would be with other decisions or another policy. */
  pairUnder: (change: Partial<Pick<PairInput, 'decisions' | 'policy'>>) => DerivedPair;
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
    return questionState({
      questionId,
      question: this.#index.questions.get(questionId)?.question ?? '',
      sampling,
      trajectories: this.#index.trajectories(questionId, sampling),
      score: this.#index.currentScore(questionId, { scorer, scoring, sampling }),
      policy: this.#config.pairs,
      n: this.#config.sampling.n,
      settlement: settlementOf(this.#config),
      decisions: this.#decisions.get(questionId) ?? [],
    });
  }
}

export function settlementOf({ review }: StudyConfig): Settlement {
  return { rule: review.settle, lead: review.lead };
}

/** @param parts.question the question's text, as far as it is kept. */
export function questionState({
  question,
  ...parts
}: Omit<PairInput, 'clusters'> & { question: string }): QuestionState {
  const { questionId, sampling, trajectories, score, decisions } = parts;
  const inForce = standing(decisions, sampling);
  let made: AnswerClusters | undefined;
  const clustersUnder = (others: readonly DecisionRecord[]) =>
    questionClusters(question, trajectories, others);
  const clusters = () => (made ??= clustersUnder(inForce));
  return {
    questionId,
    trajectories,
    score,
    decisions,
    inForce,
    pair: derivePair({ ...parts, clusters }),
    get clusters() {
      return clusters();
    },
    clustersUnder,
    pairUnder: (change) => questionState({ ...parts, question, ...change }).pair,
  };
}
