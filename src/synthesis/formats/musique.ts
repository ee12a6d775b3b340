import * as z from 'zod';
import { distinctAnswers, filledText, sourceAnswers, sourceId, sourceTitle } from './fields.ts';
import { fieldsOf, readRow, type DatasetFormat } from './format.ts';

const rowSchema = z.object({
  id: sourceId,
  question: filledText,
  paragraphs: z
    .array(
      z.object({
        title: sourceTitle,
        paragraph_text: filledText,
        is_supporting: z.boolean().default(true),
      }),
    )
    .min(1, 'has no paragraph'),
  answer: sourceAnswers,
  answer_aliases: sourceAnswers,
});

/** MuSiQue-Ans and MuSiQue-Full; the unanswerable rows of the latter share their ids with answerable ones. */
export const musique: DatasetFormat = {
  name: 'musique',
  fields: 'question, paragraphs [{title, paragraph_text, is_supporting}], answer',
  recognises: (row) => Array.isArray(fieldsOf(row)['paragraphs']),
  read: (row) => {
    if (fieldsOf(row)['answerable'] === false)
      return { leftOut: 'unanswerable', message: 'answerable: the row is marked as unanswerable.' };
    return readRow(rowSchema, row, ({ id, question, paragraphs, answer, answer_aliases }) => ({
      id,
      question,
      documents: paragraphs.map(({ title, paragraph_text, is_supporting }) => ({
        title,
        text: paragraph_text,
        related: is_supporting,
      })),
      answers: distinctAnswers([...answer, ...answer_aliases]),
    }));
  },
};
