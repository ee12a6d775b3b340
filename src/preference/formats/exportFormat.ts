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

/** An export's data files, by name within its folder. */
export interface DataFiles {
  train: string;
  /** Where a part of the questions is set apart. */
  validation: string | undefined;
}

interface FormatBase {
  name: string;
  /** Of all rows, or of those for training; `.parquet` is written as such, all else as JSON Lines. */
  file: string;
  description: string;
  /** How its trainer is told to read it, for the export's README. */
  usage: (files: DataFiles) => string;
  /** Further files that its trainer needs, with their content by name. */
  companions?: (files: DataFiles) => Record<string, string>;
}

/**
 * What a trainer reads; `row` gives one row of the file. A format that takes answers also holds those questions of another
 * dataset that have one answer and none to reject.
 */
export type ExportFormat = FormatBase &
  (
    | { takes: 'pairs'; row: (pair: ExportPair) => object }
    | { takes: 'answers'; row: (answer: ExportAnswer) => object }
  );
