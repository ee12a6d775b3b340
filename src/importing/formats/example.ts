import type { ChatMessage } from '../../sampling/strategy.ts';
import type { RowFormat } from '../../synthesis/formats/format.ts';

/** An answer as its dataset has it. */
export interface SourceAnswer {
  text: string;
  /** What the dataset scores it with. */
  score?: number;
  /** The model that wrote it, where the dataset says so. */
  model?: string;
}

/** A row of a preference or SFT dataset. */
export interface SourceExample {
  /** Undefined where the dataset gives none. */
  id: string | undefined;
  /** Ends with a message of the user. */
  prompt: ChatMessage[];
  chosen: SourceAnswer;
  /** Those that may be rejected: one of them is drawn. None in SFT data. */
  rejected: SourceAnswer[];
}

/** What the paper compares with (Tables 5 and 6), and what anybody's data may be written as. */
export type ExampleFormatName =
  | 'ultrafeedback'
  | 'longreward_preference'
  | 'preference'
  | 'tulu'
  | 'wildchat'
  | 'longalpaca'
  | 'longalign'
  | 'longmit'
  | 'longreward_sft'
  | 'messages'
  | 'instruction';

export interface ExampleFormat extends RowFormat<SourceExample, ExampleFormatName> {
  /** The dataset as papers call it. */
  label: string;
  kind: 'preference' | 'sft';
  /** Who the answers or the choice between them are from (paper, Table 6); undefined for formats of anybody's data. */
  supervision: string | undefined;
  /** How the paper picked its 2K (section 4.3). */
  pick: 'random' | 'longest';
}
