import { samplingOf } from '../sampling/parameters.ts';
import { selectRecords, type Selection } from '../scoring/selection.ts';
import type { Study } from '../study/study.ts';
import { indexStudy, type StudyIndex } from '../study/studyIndex.ts';
import { problemText } from '../records/jsonl.ts';
import { QuestionStates } from './studyPairs.ts';

/** A whole study as it stands: what pairs, exports and reports are made from. */
export interface StudyView {
  index: StudyIndex;
  selection: Selection;
  states: QuestionStates;
  /** For people: damaged records, parameters that changed since. */
  warnings: string[];
}

export async function viewStudy(study: Study, signal?: AbortSignal): Promise<StudyView> {
  const index = await indexStudy(study, signal);
  const { hash } = await samplingOf(study);
  const selection = selectRecords(index, study.config, hash);
  const warnings = index.problems.map(problemText);
  if (selection.otherSampling)
    warnings.push(
      `sealong.json now has other sampling parameters than the trajectories that there are (sampling ${selection.sampling}); these are used.`,
    );
  return { index, selection, states: new QuestionStates(index, study.config, selection), warnings };
}
