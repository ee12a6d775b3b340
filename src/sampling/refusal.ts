import * as z from 'zod';
import data from './refusals.json' with { type: 'json' };

const rulesSchema = z.strictObject({
  /** A refusal stands at the beginning: what comes later is part of an answer. In characters. */
  opening_characters: z.number().int().positive(),
  /** A text longer than this answers something, however it begins. In characters. */
  longest_text: z.number().int().positive(),
  /** Regular expressions over the opening, made even; each with a text that it finds. */
  patterns: z.array(z.strictObject({ pattern: z.string(), example: z.string() })).min(1),
});

/** The rules by which an output counts as refused: data, so that one can see and add to them. */
export const REFUSAL_RULES = rulesSchema.parse(data);

const REFUSAL = new RegExp(
  REFUSAL_RULES.patterns.map(({ pattern }) => `(?:${pattern})`).join('|'),
  'u',
);

/**
 * Whether a text only says that the model will not or cannot answer. Saying that the context lacks the answer is an
 * answer, if a poor one, and no refusal.
 */
export function isRefusal(text: string): boolean {
  if (text.length > REFUSAL_RULES.longest_text) return false;
  const opening = text
    .slice(0, REFUSAL_RULES.opening_characters)
    .replace(/[‘’]/gu, "'")
    .replace(/[*_#>]/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .toLowerCase();
  return REFUSAL.test(opening);
}
