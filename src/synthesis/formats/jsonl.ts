import * as z from 'zod';
import { distinctAnswers, filledText, sourceAnswers, sourceId, sourceTitle } from './fields.ts';
import { fieldsOf, readRow, type DatasetFormat } from './format.ts';

const documentSchema = z.preprocess(
  (value) => (typeof value === 'string' ? { text: value } : value),
  z.object({
    title: sourceTitle.default(''),
    text: filledText,
    related: z.boolean().default(true),
  }),
);

const rowSchema = z.object({
  id: sourceId,
  question: filledText,
  documents: z.array(documentSchema).min(1, 'has no document'),
  answers: sourceAnswers,
  answer: sourceAnswers,
});

/** SeaLong's own input: a question and its documents, the rest as the user has it. */
export const jsonl: DatasetFormat = {
  name: 'jsonl',
  fields: 'question, documents [{title?, text, related?}] or [text], id?, answers?',
  knownFields: Object.keys(rowSchema.shape),
  recognises: (row) => {
    const { question, documents } = fieldsOf(row);
    return typeof question === 'string' && Array.isArray(documents);
  },
  read: (row) =>
    readRow(rowSchema, row, ({ id, question, documents, answers, answer }) => ({
      id,
      question,
      documents,
      answers: distinctAnswers([...answers, ...answer]),
    })),
};
