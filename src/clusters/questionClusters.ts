import type { DecisionRecord } from '../records/schemas.ts';
import { isFailed, type AnsweredEntry } from '../study/entries.ts';
import {
  clusterAnswers,
  type AnswerClusters,
  type AnswerRelation,
  type ClusterInput,
  type TrajectoryAnswer,
} from './answerClusters.ts';

/**
 * The final answers of a question in clusters, with what reviewers corrected: the answer of one trajectory, answers that
 * mean the same, answers that do not. The latest correction of a trajectory, and of two answers, counts.
 *
 * @param decisions those in force.
 */
export function questionClusters(
  question: string,
  trajectories: readonly AnsweredEntry[],
  decisions: readonly DecisionRecord[],
): AnswerClusters {
  return clusterAnswers(clusterInput(question, trajectories, decisions));
}

/** What the clusters of a question are made of: little enough to be sent to another thread. */
export function clusterInput(
  question: string,
  trajectories: readonly AnsweredEntry[],
  decisions: readonly DecisionRecord[],
): ClusterInput {
  const relations = decisions.flatMap(({ kind, answers }): AnswerRelation[] =>
    answers && (kind === 'merge' || kind === 'split') ? [{ same: kind === 'merge', answers }] : [],
  );
  return { answers: correctedAnswers(trajectories, decisions), question, relations };
}

/** The final answer of each trajectory that did not fail: as a rule found it, or as a reviewer read it. */
export function correctedAnswers(
  trajectories: readonly AnsweredEntry[],
  decisions: readonly DecisionRecord[],
): TrajectoryAnswer[] {
  const corrected = new Map<number, string | undefined>();
  for (const { kind, index, answer } of decisions)
    if (kind === 'answer' && index !== undefined) corrected.set(index, answer ?? undefined);
  return trajectories
    .filter((entry) => !isFailed(entry))
    .map((entry): TrajectoryAnswer =>
      corrected.has(entry.index)
        ? { index: entry.index, answer: corrected.get(entry.index), weak: false }
        : { index: entry.index, answer: entry.answer, weak: entry.weakAnswer === true },
    );
}

/** Whether a decision corrects what was found of the answers. */
export function isCorrection({ kind }: Pick<DecisionRecord, 'kind'>): boolean {
  return kind === 'answer' || kind === 'merge' || kind === 'split';
}
