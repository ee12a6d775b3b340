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
  /** Of the final answers; made when first asked for, where they are not known. */
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
  readonly #clusters: KnownClusters;

  /** @param answers clusters that were made elsewhere; undefined for those that were not. */
  constructor(
    index: StudyIndex,
    config: StudyConfig,
    selection: Selection,
    answers: KnownClusters = () => undefined,
  ) {
    this.#index = index;
    this.#config = config;
    this.#selection = selection;
    this.#clusters = answers;
    this.#decisions = decisionsByQuestion(index.decisions.values());
  }

  of(questionId: string): QuestionState {
    const { sampling, scorer, scoring } = this.#selection;
    const index = this.#index;
    let made: WeakRef<TrajectoryEntry[]> | undefined;
    return questionState({
      questionId,
      question: index.questions.get(questionId)?.question ?? '',
      sampling,
      // States of all questions may be kept; together their trajectories would take a large part of a host's memory.
      get trajectories() {
        const known = made?.deref();
        if (known) return known;
        const trajectories = index.trajectories(questionId, sampling);
        made = new WeakRef(trajectories);
        return trajectories;
      },
      answers: () => this.#clusters(questionId),
      score: index.currentScore(questionId, { scorer, scoring, sampling }),
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

/** Clusters of a question's answers that are known already. */
export type KnownClusters = (questionId: string) => AnswerClusters | undefined;

export interface QuestionParts extends Omit<PairInput, 'clusters'> {
  /** The question's text, as far as it is kept. */
  question: string;
  /** The clusters under these decisions, where they are known. */
  answers?: (() => AnswerClusters | undefined) | undefined;
}

export function questionState(parts: QuestionParts): QuestionState {
  const { questionId, question, sampling, score, decisions } = parts;
  const inForce = standing(decisions, sampling);
  let made: AnswerClusters | undefined;
  const clustersUnder = (others: readonly DecisionRecord[]) =>
    questionClusters(question, parts.trajectories, others);
  const clusters = () => parts.answers?.() ?? (made ??= clustersUnder(inForce));
  return {
    questionId,
    get trajectories() {
      return parts.trajectories;
    },
    score,
    decisions,
    inForce,
    pair: derivePair({ ...parts, clusters }),
    get clusters() {
      return clusters();
    },
    clustersUnder,
    pairUnder: (change) =>
      questionState({
        ...parts,
        ...change,
        // Decisions may change the clusters.
        ...(change.decisions ? { answers: undefined } : {}),
      }).pair,
  };
}
