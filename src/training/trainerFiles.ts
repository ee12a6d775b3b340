import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { fileError, messageOf } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';
import { readOptional } from '../study/study.ts';

/** What the trainer's Python package writes into the folder of its recipe. */
export function trainerFiles(folder: string) {
  return {
    recipe: join(folder, 'recipe.json'),
    metrics: join(folder, 'metrics.jsonl'),
    state: join(folder, 'state.json'),
    log: join(folder, 'log.txt'),
    environment: join(folder, 'environment.txt'),
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

/** What a run says of itself: nothing before its first state, or why what it says cannot be read. */
export interface TrainerSaid {
  state?: TrainerState;
  problem?: string;
}

/** The state as it stands. The trainer replaces it as a whole, so that one that cannot be read is wrong, not half written. */
export async function readTrainerState(folder: string): Promise<TrainerSaid> {
  const file = trainerFiles(folder).state;
  const text = await readOptional(file);
  if (text === undefined) return {};
  const unreadable = (why: string) => ({
    problem: `${file} is not as the trainer writes it (${why}): how far the run is cannot be told. metrics.jsonl and log.txt beside it say more.`,
  });
  try {
    const { data, error } = stateSchema.safeParse(JSON.parse(text));
    return data === undefined ? unreadable(issuesText(error.issues)) : { state: data };
  } catch (error) {
    return unreadable(messageOf(error));
  }
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
