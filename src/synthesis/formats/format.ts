import type { ZodType } from 'zod';
import { issuesText } from '../../records/jsonl.ts';

export type FormatName = 'musique' | 'hotpotqa' | '2wiki' | 'longbench' | 'jsonl';

/** One document of a question as its dataset has it; `title` is empty where the dataset gives none. */
export interface SourceDocument {
  title: string;
  text: string;
  /** Whether the answer rests on it. True where the dataset does not say, so that it is never taken for a filler. */
  related: boolean;
}

/** A row of a dataset. `answers` are the gold answers: they go to answers.jsonl and nowhere else. */
export interface SourceQuestion {
  /** Undefined where the dataset gives none. */
  id: string | undefined;
  question: string;
  documents: SourceDocument[];
  answers: string[];
}

/** A row that cannot be used: `bad_row` is a fault of the file, the others are none. */
export interface LeftOut {
  leftOut: 'bad_row' | 'unanswerable' | 'no_answer';
  /** Names the field and what is wrong with it. */
  message: string;
}

/** How one dataset writes its rows, each of which is an `Item`. */
export interface RowFormat<Item, Name extends string = string> {
  name: Name;
  /** What its rows look like, for the message about a file that no format recognises. */
  fields: string;
  /** All fields a row may have, where the format is our own: any other is pointed out, since it may be a slip. */
  knownFields?: readonly string[];
  recognises: (row: unknown) => boolean;
  read: (row: unknown) => Item | LeftOut;
}

/** A format of questions with their documents. */
export type DatasetFormat = RowFormat<SourceQuestion, FormatName>;

/** Checks a row and turns it into an item; a row of the wrong shape is left out with the fields that are wrong. */
export function readRow<T, Item>(
  schema: ZodType<T>,
  row: unknown,
  toItem: (row: T) => Item | LeftOut,
): Item | LeftOut {
  const parsed = schema.safeParse(row);
  if (parsed.success) return toItem(parsed.data);
  return { leftOut: 'bad_row', message: `${issuesText(parsed.error.issues)}.` };
}

/** The fields of a row that is an object; none of anything else. */
export function fieldsOf(row: unknown): Partial<Record<string, unknown>> {
  return typeof row === 'object' && row !== null && !Array.isArray(row) ? { ...row } : {};
}
