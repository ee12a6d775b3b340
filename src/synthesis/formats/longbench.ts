import * as z from 'zod';
import { filledText, sourceAnswers, sourceId } from './fields.ts';
import { fieldsOf, readRow, type DatasetFormat, type SourceDocument } from './format.ts';

const rowSchema = z.object({
  _id: sourceId,
  input: filledText,
  context: filledText,
  answers: sourceAnswers,
});

/** A first line longer than this is text, not a title. */
const LONGEST_TITLE = 200;

/**
 * LongBench, whose contexts are built already: one of `Passage {i}:` sections is split back into its documents, any
 * other is one document. It does not say which passages the answer rests on.
 */
export const longbench: DatasetFormat = {
  name: 'longbench',
  fields: 'input, context (text), answers',
  recognises: (row) => {
    const { input, context } = fieldsOf(row);
    return typeof input === 'string' && typeof context === 'string';
  },
  read: (row) =>
    readRow(rowSchema, row, ({ _id, input, context, answers }) => {
      const documents = splitPassages(context);
      const empty = documents.findIndex(({ text }) => text.trim() === '');
      if (empty >= 0)
        return { leftOut: 'bad_row', message: `context: Passage ${empty + 1} is empty.` };
      return { id: _id, question: input, documents, answers };
    }),
};

/**
 * The documents of a context in order. A heading counts only with the number that is next, so that a document that
 * quotes one stays whole.
 */
export function splitPassages(context: string): SourceDocument[] {
  if (!context.startsWith('Passage 1:\n')) return [{ title: '', text: context, related: true }];
  const documents: SourceDocument[] = [];
  let start = 'Passage 1:\n'.length;
  for (let next = 2; ; next++) {
    const heading = `\nPassage ${next}:\n`;
    const end = context.indexOf(heading, start - 1);
    documents.push(titled(context.slice(start, end < 0 ? undefined : Math.max(start, end))));
    if (end < 0) return documents;
    start = end + heading.length;
  }
}

function titled(document: string): SourceDocument {
  const end = document.indexOf('\n');
  const title = document.slice(0, Math.max(0, end));
  if (title.trim() === '' || title.length > LONGEST_TITLE)
    return { title: '', text: document, related: true };
  return { title, text: document.slice(end + 1), related: true };
}
