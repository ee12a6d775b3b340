import * as z from 'zod';

/** Text that survives UTF-8: JSON can write half of a surrogate pair, which no tokenizer and no server takes. */
export const sourceText = z
  .string()
  .refine((text) => !/\p{Surrogate}/u.test(text), 'holds half of a surrogate pair');

export const filledText = sourceText.refine((text) => text.trim() !== '', 'is empty');

/** A title takes one line of the context. */
export const sourceTitle = sourceText.transform((title) =>
  title.trim().replace(/\s*[\r\n]+\s*/g, ' '),
);

export const sourceId = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((id) => (id === null || id === undefined ? undefined : String(id)));

/** One answer, several, or none. */
export const sourceAnswers = z
  .preprocess((value) => (typeof value === 'string' ? [value] : (value ?? [])), z.array(sourceText))
  .transform(distinctAnswers);

/** Without blank ones and repetitions, in their order. */
export function distinctAnswers(answers: readonly string[]): string[] {
  return [...new Set(answers.filter((answer) => answer.trim() !== ''))];
}
