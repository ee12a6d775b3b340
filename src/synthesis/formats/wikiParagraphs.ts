import * as z from 'zod';
import { sourceAnswers, sourceId, filledText, sourceText, sourceTitle } from './fields.ts';
import { fieldsOf, readRow, type LeftOut, type SourceQuestion } from './format.ts';

const sentences = z
  .array(sourceText)
  .refine((list) => list.some((sentence) => sentence.trim() !== ''), 'is empty');

/**
 * HotpotQA and 2WikiMultihopQA: pairs of a title and its sentences, or, on the hub, an object of two lists; and so for
 * the supporting facts.
 */
const rowSchema = z.object({
  _id: sourceId,
  id: sourceId,
  question: filledText,
  answer: sourceAnswers,
  context: z.preprocess(
    (value) => zipped(value, 'sentences'),
    z.array(z.tuple([sourceTitle, sentences])).min(1, 'has no paragraph'),
  ),
  supporting_facts: z.preprocess(
    (value) => zipped(value, 'sent_id'),
    z.array(z.tuple([sourceTitle, z.number()])).nullish(),
  ),
});

/** How the sentences of one paragraph become its text again. */
export type JoinSentences = (sentences: readonly string[]) => string;

export function readWikiRow(row: unknown, join: JoinSentences): SourceQuestion | LeftOut {
  return readRow(rowSchema, row, ({ _id, id, question, answer, context, supporting_facts }) => {
    // The test sets have no supporting facts: then nothing is known to be unrelated.
    const related = supporting_facts && new Set(supporting_facts.map(([title]) => title));
    return {
      id: _id ?? id,
      question,
      documents: context.map(([title, list]) => ({
        title,
        text: join(list),
        related: related?.has(title) ?? true,
      })),
      answers: answer,
    };
  });
}

/** Whether a row has the paragraphs of HotpotQA in either writing. */
export function hasWikiParagraphs(row: unknown): boolean {
  const context = fieldsOf(row)['context'];
  return Array.isArray(context) || Array.isArray(fieldsOf(context)['sentences']);
}

function zipped(value: unknown, second: string): unknown {
  const titles = fieldsOf(value)['title'];
  const others = fieldsOf(value)[second];
  if (!Array.isArray(titles) || !Array.isArray(others)) return value;
  const length = Math.max(titles.length, others.length);
  return Array.from({ length }, (_, index): unknown[] => [titles[index], others[index]]);
}
