import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { fileError } from '../errors.ts';
import { readOptional } from '../study/study.ts';

/** What the trainer's Python package writes into the folder of its recipe. */
export function trainerFiles(folder: string) {
  return {
    recipe: join(folder, 'recipe.json'),
    metrics: join(folder, 'metrics.jsonl'),
    state: join(folder, 'state.json'),
    log: join(folder, 'log.txt'),
    adapter: join(folder, 'adapter'),
  };
}

const stateSchema = z.object({
  phase: z.string(),
  step: z.number().int().nonnegative(),
  of: z.number().int().nonnegative().nullable(),
  eta_s: z.number().nullable(),
  error: z.string().nullable(),
});
/** `state.json`: where a run is; it replaces the file as a whole at each step. */
export type TrainerState = z.infer<typeof stateSchema>;

/** The state as it stands, or undefined where the run has written none yet. */
export async function readTrainerState(folder: string): Promise<TrainerState | undefined> {
  const text = await readOptional(trainerFiles(folder).state);
  return text === undefined ? undefined : stateSchema.parse(JSON.parse(text));
}

const metricsSchema = z.object({
  step: z.number().int().positive(),
  loss: z.number().nullable(),
  nll: z.number().nullable(),
  grad_norm: z.number().nullable(),
  lr: z.number(),
  tokens: z.number(),
  tokens_per_s: z.number(),
  margin: z.number().nullable().optional(),
  accuracy: z.number().nullable().optional(),
});
export type TrainerMetrics = z.infer<typeof metricsSchema>;

/** The last whole line of `metrics.jsonl`. */
export async function lastMetrics(folder: string): Promise<TrainerMetrics | undefined> {
  const text = await readOptional(trainerFiles(folder).metrics);
  const line = text
    ?.slice(0, text.lastIndexOf('\n') + 1)
    .trimEnd()
    .split('\n')
    .at(-1);
  return line ? metricsSchema.parse(JSON.parse(line)) : undefined;
}

/** The last lines of the log, for a message about what went wrong. */
export async function endOfLog(folder: string, lines = 8): Promise<string> {
  const { log } = trainerFiles(folder);
  try {
    return (await readFile(log, 'utf8')).trimEnd().split('\n').slice(-lines).join('\n');
  } catch (error) {
    throw fileError('read', log, error);
  }
}
