import { join } from 'node:path';
import * as z from 'zod';
import { SealongError, messageOf } from '../errors.ts';
import { spanTexts } from '../records/codePoints.ts';
import { issuesText } from '../records/jsonl.ts';
import type { QuestionRecord } from '../records/schemas.ts';
import { readOptional, type Study } from '../study/study.ts';
import defaultStrategy from './strategies/default.json' with { type: 'json' };
import directAnswer from './strategies/direct_answer.json' with { type: 'json' };
import factAndReflection from './strategies/fact_and_reflection.json' with { type: 'json' };
import planAndSolve from './strategies/plan_and_solve.json' with { type: 'json' };
import stepByStep from './strategies/step_by_step.json' with { type: 'json' };

/** A prompting strategy (paper, Table 9): data that a study can add to as `strategies/NAME.json`. */
const strategySchema = z.strictObject({
  name: z.string().min(1),
  instruction: z.string(),
  template: z
    .string()
    .refine(
      (template) => template.includes('{context}') && template.includes('{input}'),
      'must contain {context} and {input}',
    ),
  source: z.string().optional(),
});
export type Strategy = z.infer<typeof strategySchema>;

const BUILT_IN: readonly Strategy[] = [
  defaultStrategy,
  directAnswer,
  stepByStep,
  factAndReflection,
  planAndSolve,
];

/**
 * The study's own strategy of that name, else the built-in one.
 *
 * @throws SealongError `bad_strategy`, listing the names that there are.
 */
export async function loadStrategy(study: Study, name: string): Promise<Strategy> {
  const builtIn = BUILT_IN.find((strategy) => strategy.name === name);
  if (!/^[\w-]+$/.test(name)) throw unknown(study, name);
  const path = join(study.paths.strategies, `${name}.json`);
  const text = await readOptional(path);
  if (text === undefined) {
    if (builtIn) return builtIn;
    throw unknown(study, name);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SealongError('bad_strategy', `${path} is not valid JSON (${messageOf(error)}).`);
  }
  const result = strategySchema.safeParse(json);
  if (result.success) return result.data;
  throw new SealongError('bad_strategy', `${path}: ${issuesText(result.error.issues)}.`);
}

/** The text of the one user message. Filled in one pass: a context that contains "{input}" stays as it is. */
export function promptOf(
  strategy: Strategy,
  question: { context: string; question: string },
): string {
  const values: Record<string, string> = {
    '{context}': question.context,
    '{input}': question.question,
    '{instruction}': strategy.instruction,
  };
  return strategy.template.replace(
    /\{(?:context|input|instruction)\}/g,
    (placeholder) => values[placeholder] ?? placeholder,
  );
}

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/**
 * The messages of a question's prompt: one of the user, by the strategy; of a question from another dataset, those that it
 * came with.
 */
export function promptMessages(
  strategy: Strategy,
  question: Pick<QuestionRecord, 'context' | 'question' | 'turns'>,
): ChatMessage[] {
  const { turns } = question;
  if (!turns) return [{ role: 'user', content: promptOf(strategy, question) }];
  const contents = spanTexts(question.context, turns);
  return turns.map(({ role }, index) => ({ role, content: contents[index] ?? '' }));
}

function unknown(study: Study, name: string): SealongError {
  const names = BUILT_IN.map((strategy) => strategy.name).join(', ');
  return new SealongError(
    'bad_strategy',
    `${study.paths.config}: sampling.strategy "${name}" is not known. Built in: ${names}; or add ${join(study.paths.strategies, 'NAME.json')}.`,
  );
}
