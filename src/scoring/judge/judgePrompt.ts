import * as z from 'zod';
import mbrSelfEvaluation from '../prompts/mbr_self_evaluation.json' with { type: 'json' };
import selfEvaluation from '../prompts/self_evaluation.json' with { type: 'json' };

/** How a model is asked to judge, and how its answer is read: data, as the strategies are (paper, Table 10). */
const judgePromptSchema = z.strictObject({
  name: z.string().min(1),
  template: z.string().min(1),
  temperature: z.number().min(0).max(2),
  max_tokens: z.number().int().positive(),
  answer: z.strictObject({
    /** Matched without regard to case; its first group is what is looked up in `values`, in lower case. */
    pattern: z.string(),
    values: z.record(z.string(), z.number()),
    /** Which of several matches counts: the last, or all as long as they say the same. */
    several: z.enum(['last', 'equal']),
  }),
  source: z.string().optional(),
});
export type JudgePrompt = z.infer<typeof judgePromptSchema>;

export const RATING_PROMPT = judgePromptSchema.parse(selfEvaluation);
export const SAME_ANSWER_PROMPT = judgePromptSchema.parse(mbrSelfEvaluation);

/** The text of the one user message. Filled in one pass: a response that contains "{question}" stays as it is. */
export function fillPrompt(
  { template }: JudgePrompt,
  values: Readonly<Record<string, string>>,
): string {
  return template.replace(/\{(\w+)\}/g, (placeholder, name: string) => values[name] ?? placeholder);
}

/** The number that an answer gives, or undefined where it gives none: it is never guessed. */
export function readAnswer({ answer }: JudgePrompt, text: string): number | undefined {
  const found = Array.from(text.matchAll(new RegExp(answer.pattern, 'gi')), (match) =>
    (match[1] ?? '').toLowerCase(),
  );
  const last = found.at(-1);
  if (last === undefined) return undefined;
  if (answer.several === 'equal' && found.some((other) => other !== last)) return undefined;
  return answer.values[last];
}
