import { estimateSampling, type SamplingEstimate } from '../../sampling/estimate.ts';
import type { StudyIndex } from '../../study/studyIndex.ts';

/**
 * What sampling would still have to do now.
 *
 * @param of N samples a question of this sampling hash: those of other parameters do not count.
 * @param options.pause awaited between questions, since a large study takes longer than the editor's host may block.
 */
export async function estimateStudy(
  index: StudyIndex,
  of: { sampling: string; n: number },
  options: { maxTokens: number; pause: () => Promise<void> },
): Promise<SamplingEstimate> {
  const lacking: { contextTokens: number; missing: number }[] = [];
  for (const [id, { contextTokens }] of index.questions) {
    await options.pause();
    const present = index
      .trajectories(id, of.sampling)
      .filter((entry) => entry.index < of.n).length;
    lacking.push({ contextTokens, missing: of.n - present });
  }
  return estimateSampling(lacking, options);
}
