import { seededRandom } from '../random.ts';
import type { Scorer } from './scorer.ts';

/** Scores at random, for comparison (paper, Table 7). Seeded by question, so that it is the same on every run. */
export function randomScorer(seed: number): Scorer {
  return {
    score({ questionId, texts }) {
      const random = seededRandom(seed, 'random scorer', questionId);
      const scores = texts.map(() => random.uint32() / 2 ** 32);
      return Promise.resolve({ scores, matrix: undefined, truncated: [] });
    },
    close: () => Promise.resolve(),
  };
}
