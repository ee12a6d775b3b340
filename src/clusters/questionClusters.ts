import type { DecisionRecord } from '../records/schemas.ts';
import { isFailed, type TrajectoryEntry } from '../study/entries.ts';
import { clusterAnswers, type AnswerClusters, type TrajectoryAnswer } from './answerClusters.ts';

/**
 * The final answers of a question in clusters, with what reviewers corrected: the answer of one trajectory, or answers that
 * mean the same. The latest correction of a trajectory counts.
 *
 * @param decisions those in force.
 */
export function questionClusters(
  question: string,
  trajectories: readonly TrajectoryEntry[],
  decisions: readonly DecisionRecord[],
): AnswerClusters {
  const corrected = new Map<number, string | undefined>();
  const merged: string[][] = [];
  for (const { kind, index, answer, answers } of decisions) {
    if (kind === 'answer' && index !== undefined) corrected.set(index, answer ?? undefined);
    else if (kind === 'merge' && answers) merged.push(answers);
  }
  const answers = trajectories
    .filter((entry) => !isFailed(entry))
    .map((entry): TrajectoryAnswer =>
      corrected.has(entry.index)
        ? { index: entry.index, answer: corrected.get(entry.index), weak: false }
        : { index: entry.index, answer: entry.answer, weak: entry.weakAnswer === true },
    );
  return clusterAnswers({ answers, question, merged });
}
