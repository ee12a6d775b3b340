import type { PairRow } from '../pairs.ts';

/** A pair with its texts. `prompt` is the one user message that was sampled. */
export interface ExportPair extends PairRow {
  prompt: string;
  chosen_text: string;
  rejected_text: string;
}

/** What a trainer reads. `row` gives one line of `file`. */
export interface ExportFormat {
  name: string;
  file: string;
  description: string;
  row: (pair: ExportPair) => object;
}
