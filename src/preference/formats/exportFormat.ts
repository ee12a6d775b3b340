import type { ChatMessage } from '../../sampling/strategy.ts';
import type { PairRow } from '../pairs.ts';

/** What is chosen for a question, with its text. */
export interface ExportAnswer {
  question_id: string;
  /** The messages that were sampled from; one of the user, unless another dataset has more. */
  prompt: readonly ChatMessage[];
  chosen_text: string;
}

/** A pair with its texts. */
export interface ExportPair extends PairRow, ExportAnswer {
  rejected_text: string;
}

/**
 * What a trainer reads; `row` gives one line of `file`. A format that takes answers also holds those questions of another
 * dataset that have one answer and none to reject.
 */
export type ExportFormat = { name: string; file: string; description: string } & (
  | { takes: 'pairs'; row: (pair: ExportPair) => object }
  | { takes: 'answers'; row: (answer: ExportAnswer) => object }
);
