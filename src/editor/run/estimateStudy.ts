import { estimateSampling, type SamplingEstimate } from '../../sampling/estimate.ts';
import type { OpenStudy } from '../store/openStudy.ts';

/**
 * What sampling would still have to do now.
 *
 * @param pause awaited between questions, since a large study takes longer than the editor's host may block.
 */
export async function estimateStudy(
  study: Pick<OpenStudy, 'index' | 'selection' | 'expected'>,
  options: { maxTokens: number; pause: () => Promise<void> },
): Promise<SamplingEstimate> {
  const { index, selection, expected } = study;
  const lacking: { contextTokens: number; missing: number }[] = [];
  for (const [id, { contextTokens }] of index.questions) {
    await options.pause();
    // Samples of other parameters do not count: those of the present ones are all still to be taken.
    const present = selection.otherSampling
      ? 0
      : index.trajectories(id, selection.sampling).filter((entry) => entry.index < expected).length;
    lacking.push({ contextTokens, missing: expected - present });
  }
  return estimateSampling(lacking, options);
}
