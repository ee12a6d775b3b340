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
  readonly trajectories: readonly TrajectoryEntry[];
  readonly score: ScoreEntry | undefined;
  /** All, in order, and those of them that are in force. */
  readonly decisions: readonly DecisionRecord[];
  readonly inForce: readonly DecisionRecord[];
  readonly pair: DerivedPair;
  /** Of the final answers; made when first asked for, where they are not known. */
  readonly clusters: AnswerClusters;
  /**
   * The clusters as they would be with other corrections.
   *
   * @param decisions those in force.
   * @param trajectories the question's own by default; the decisions go by their indices.
   */
  clustersUnder: (
    decisions: readonly DecisionRecord[],
    trajectories?: readonly TrajectoryEntry[],
  ) => AnswerClusters;
  /** The pair as it would be with other decisions or another policy. */
  pairUnder: (change: Partial<Pick<PairInput, 'decisions' | 'policy'>>) => DerivedPair;
}

/** The first n samples of each question, with their scores among themselves. */
export interface FirstSamples {
  n: number;
  scores: ReadonlyMap<string, ScoreEntry>;
}

/** The state of questions one by one; made anew when decisions were added. */
export class QuestionStates {
  readonly #index: StudyIndex;
  readonly #config: StudyConfig;
  readonly #selection: Selection;
  readonly #decisions: ReadonlyMap<string, DecisionRecord[]>;
  readonly #clusters: KnownClusters;
  readonly #first: FirstSamples | undefined;

  /**
   * @param answers clusters that were made elsewhere; undefined for those that were not.
   * @param first where only the first samples of each question count.
   */
  constructor(
    index: StudyIndex,
    config: StudyConfig,
    selection: Selection,
    answers: KnownClusters = () => undefined,
    first?: FirstSamples,
  ) {
    this.#first = first;
    this.#index = index;
    this.#config = config;
    this.#selection = selection;
    this.#clusters = answers;
    this.#decisions = decisionsByQuestion(index.decisions.values());
  }

  of(questionId: string): QuestionState {
    const { sampling, scorer, scoring } = this.#selection;
    const index = this.#index;
    const first = this.#first;
    const config = this.#config;
    return questionState({
      questionId,
      question: index.questions.get(questionId)?.question ?? '',
      sampling,
      trajectories: () => {
        const all = index.trajectories(questionId, sampling);
        return first ? all.filter((entry) => entry.index < first.n) : all;
      },
      answers: () => this.#clusters(questionId),
      get score() {
        return first
          ? first.scores.get(questionId)
          : index.currentScore(questionId, { scorer, scoring, sampling });
      },
      policy: config.pairs,
      n: first?.n ?? config.sampling.n,
      settlement: settlementOf(config),
      decisions: this.#decisions.get(questionId) ?? [],
    });
  }
}

export function settlementOf({ review }: StudyConfig): Settlement {
  return { rule: review.settle, lead: review.lead };
}

/** Clusters of a question's answers that are known already. */
export type KnownClusters = (questionId: string) => AnswerClusters | undefined;

export interface QuestionParts extends Omit<PairInput, 'clusters' | 'trajectories'> {
  /** The question's text, as far as it is kept. */
  question: string;
  /** By index; asked for whenever they are needed. */
  trajectories: () => readonly TrajectoryEntry[];
  /** The clusters under these decisions, where they are known. */
  answers?: (() => AnswerClusters | undefined) | undefined;
}

export function questionState(parts: QuestionParts): QuestionState {
  return new DerivedState(parts);
}

/** Keeps no trajectories, and makes the rest when it is first asked for: a row of a list asks for little. */
class DerivedState implements QuestionState {
  readonly questionId: string;
  readonly decisions: readonly DecisionRecord[];
  readonly #parts: QuestionParts;
  /** Null until it was looked up. */
  #score: ScoreEntry | undefined | null = null;
  #inForce: readonly DecisionRecord[] | undefined;
  #pair: DerivedPair | undefined;
  #clusters: AnswerClusters | undefined;

  constructor(parts: QuestionParts) {
    this.#parts = parts;
    this.questionId = parts.questionId;
    this.decisions = parts.decisions;
  }

  get score(): ScoreEntry | undefined {
    if (this.#score === null) this.#score = this.#parts.score;
    return this.#score;
  }

  get inForce(): readonly DecisionRecord[] {
    return (this.#inForce ??= standing(this.decisions, this.#parts.sampling));
  }

  get pair(): DerivedPair {
    return (this.#pair ??= derivePair({
      ...this.#parts,
      score: this.score,
      trajectories: this.trajectories,
      clusters: () => this.clusters,
    }));
  }

  get trajectories(): readonly TrajectoryEntry[] {
    return this.#parts.trajectories();
  }

  get clusters(): AnswerClusters {
    return this.#parts.answers?.() ?? (this.#clusters ??= this.clustersUnder(this.inForce));
  }

  clustersUnder(
    decisions: readonly DecisionRecord[],
    trajectories = this.trajectories,
  ): AnswerClusters {
    return questionClusters(this.#parts.question, trajectories, decisions);
  }

  pairUnder(change: Partial<Pick<PairInput, 'decisions' | 'policy'>>): DerivedPair {
    // Decisions may change the clusters.
    const others = change.decisions ? { answers: undefined } : {};
    return questionState({ ...this.#parts, score: this.score, ...change, ...others }).pair;
  }
}
