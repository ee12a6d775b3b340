import type { MatrixPlace, TrajectoryRecord } from '../records/schemas.ts';

/**
 * What is kept in memory of each record: enough to list, sort and derive pairs. Texts stay on disk and are read by
 * `offset` and `length` (bytes) when they are opened.
 */
export interface QuestionEntry {
  id: string;
  /** The question's text, cut at 300 characters. */
  question: string;
  contextTokens: number;
  documents: number;
  /** It came with its answers from another dataset. */
  imported?: boolean;
  line: number;
  offset: number;
  length: number;
}

export interface TrajectoryEntry {
  questionId: string;
  index: number;
  sampling: string;
  finishReason: string;
  completionTokens: number | null;
  /** Digest of the text: equal texts have equal digests. */
  text: string;
  /** Length of the text in UTF-16 units; 0 is an empty output, also one of white space alone. */
  characters: number;
  /** The text only says that the model will not answer; absent otherwise. */
  refused?: true;
  /** Requests made for it, where it was not one. */
  attempts?: number;
  /** Why it failed, where it did; its beginning. */
  error?: string;
  /** What another dataset says of an answer of its own. */
  imported?: NonNullable<TrajectoryRecord['imported']>;
  /** The final answer as a rule of the study found it; absent where none did. */
  answer?: string;
  /** Only a weak rule found it. */
  weakAnswer?: true;
  offset: number;
  length: number;
}

/** What the final answer of a trajectory is known by. */
export type AnsweredEntry = Pick<
  TrajectoryEntry,
  'index' | 'finishReason' | 'answer' | 'weakAnswer'
>;

export interface ScoreEntry {
  questionId: string;
  scorer: string;
  config: string;
  sampling: string;
  indices: number[];
  scores: number[];
  texts: string | undefined;
  truncated: number[];
  /** Indices that were judged, but of which no judgement could be read: they have no score. */
  unscored?: number[];
  matrix: MatrixPlace | undefined;
}

/** A sample that the server cut at `max_tokens`. */
export function isTruncated(entry: { finishReason: string }): boolean {
  return entry.finishReason === 'length';
}

/** An output without anything in it. */
export function isEmpty(entry: { characters: number }): boolean {
  return entry.characters === 0;
}

/** An output that only says that the model will not answer, or that the server's filter withheld. */
export function isRefused(entry: { refused?: true; finishReason: string }): boolean {
  return entry.refused === true || entry.finishReason === 'content_filter';
}

/** A sample that the server refused for good: it has no text and takes no part in scores or pairs. */
export function isFailed(entry: { finishReason: string }): boolean {
  return entry.finishReason === 'error';
}
