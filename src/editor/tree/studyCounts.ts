import { QualityCounts, type Quality } from '../../sampling/quality.ts';
import type { KnownQuestion } from '../queue/studyFacts.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { TimeSlices } from '../store/timeSlices.ts';

/** What a study's row tells of its questions. */
export interface StudyCounts {
  questions: number;
  /** Without failed ones. */
  trajectories: number;
  /** Undefined while the study is being read: each part of its files would change them all. */
  pairs: PairCounts | undefined;
}

export interface PairCounts {
  scored: number;
  pairs: number;
  overridden: number;
}

/** While a study is being read, what its index knows without looking at a question. */
export function countsSoFar({ index, selection: { sampling } }: OpenStudy): StudyCounts {
  const samples = index.samplings.get(sampling) ?? 0;
  return {
    questions: index.questions.size,
    trajectories: samples - (index.failed.get(sampling) ?? 0),
    pairs: undefined,
  };
}

export function countQuestions(known: readonly KnownQuestion[]): StudyCounts {
  const pairs = { scored: 0, pairs: 0, overridden: 0 };
  let trajectories = 0;
  for (const { facts, scored, paired, overridden } of known) {
    trajectories += facts.trajectories;
    if (scored) pairs.scored += 1;
    if (paired) pairs.pairs += 1;
    if (overridden) pairs.overridden += 1;
  }
  return { questions: known.length, trajectories, pairs };
}

/** What the samples of a study are like: for who asks for it, since it looks at each of them. */
export async function studyQuality(
  { index, selection: { sampling } }: OpenStudy,
  slices: TimeSlices,
): Promise<Quality> {
  const counts = new QualityCounts();
  for (const id of index.questions.keys()) {
    if (slices.isSpent()) await slices.next();
    counts.add(index.trajectories(id, sampling));
  }
  return counts.quality();
}
