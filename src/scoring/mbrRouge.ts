import { spread } from './distinct.ts';
import { rowMeans } from './mbr.ts';
import { rougeUtilities, type RougeOptions } from './rouge/rouge.ts';
import type { Scorer } from './scorer.ts';

/** MBR by ROUGE F1 (paper, Table 7). It runs on this thread and gives way between rows. */
export function mbrRougeScorer(options: RougeOptions): Scorer {
  return {
    async score({ texts }, signal) {
      const distinct = [...new Set(texts)];
      const utilities = spread(await rougeUtilities(distinct, options, signal), distinct, texts);
      return {
        scores: rowMeans(utilities, texts.length),
        matrix: Float32Array.from(utilities),
        truncated: [],
      };
    },
    close: () => Promise.resolve(),
  };
}
