import { isFailed, type QuestionEntry } from '../study/entries.ts';
import { scanFile } from '../study/scan.ts';
import type { Study } from '../study/study.ts';
import { StudyIndex } from '../study/studyIndex.ts';
import { QuestionWork } from './questionWork.ts';

/** The questions of a study and the samples that it has, without their texts. */
export async function indexForSampling(study: Study, signal: AbortSignal): Promise<StudyIndex> {
  const index = new StudyIndex();
  for (const file of [
    { kind: 'questions', path: study.paths.questions },
    { kind: 'trajectories', path: study.paths.trajectories },
  ] as const)
    for await (const batch of scanFile(file, undefined, signal)) index.apply(batch);
  return index;
}

/**
 * What is missing to N samples, question by question, those that lack nothing left out.
 *
 * @param hash of the sampling parameters: samples of others do not count.
 * @param retryFailed whether samples that the server refused for good are missing as well.
 */
export function missingSamples(
  index: StudyIndex,
  questions: readonly QuestionEntry[],
  hash: string,
  n: number,
  retryFailed: boolean,
): QuestionWork[] {
  return questions.flatMap((question) => {
    const present = new Set(
      index
        .trajectories(question.id, hash)
        .filter((entry) => !(retryFailed && isFailed(entry)))
        .map((entry) => entry.index),
    );
    const indices = Array.from({ length: n }, (_, sampleIndex) => sampleIndex).filter(
      (sampleIndex) => !present.has(sampleIndex),
    );
    return indices.length > 0 ? [new QuestionWork(question, indices)] : [];
  });
}
