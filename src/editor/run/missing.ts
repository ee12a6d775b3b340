import type { OpenStudy } from '../store/openStudy.ts';

/** How many trajectories sampling would take now. */
export function missingTrajectories({
  index,
  selection,
  expected,
}: Pick<OpenStudy, 'index' | 'selection' | 'expected'>): number {
  let missing = 0;
  for (const id of index.questions.keys()) {
    // Samples of other parameters do not count: those of the present ones are all still to be taken.
    const present = selection.otherSampling
      ? 0
      : index.trajectories(id, selection.sampling).filter((entry) => entry.index < expected).length;
    missing += expected - present;
  }
  return missing;
}
