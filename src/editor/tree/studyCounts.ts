import { QualityCounts, type Quality } from '../../sampling/quality.ts';
import { isFailed } from '../../study/entries.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { TimeSlices } from '../store/timeSlices.ts';

/** What a study's row tells of its questions. */
export interface StudyCounts {
  /** Without failed ones. */
  trajectories: number;
  failed: number;
  scored: number;
  pairs: number;
  overridden: number;
  questions: number;
  /** Of all samples. */
  quality: Quality;
}

/** Goes through all questions in slices; those that did not change since cost next to nothing. */
export async function countStudy(study: OpenStudy, slices: TimeSlices): Promise<StudyCounts> {
  const counts = {
    trajectories: 0,
    failed: 0,
    scored: 0,
    pairs: 0,
    overridden: 0,
    questions: study.index.questions.size,
  };
  const quality = new QualityCounts();
  for (const id of study.index.questions.keys()) {
    if (slices.isSpent()) await slices.next();
    const { trajectories, score, pair } = study.state(id);
    let failed = 0;
    for (const entry of trajectories) if (isFailed(entry)) failed += 1;
    counts.trajectories += trajectories.length - failed;
    counts.failed += failed;
    quality.add(trajectories);
    if (score) counts.scored += 1;
    if (!pair.leftOut) counts.pairs += 1;
    if (pair.chosen?.override ?? pair.rejected?.override) counts.overridden += 1;
  }
  return { ...counts, quality: quality.quality() };
}
