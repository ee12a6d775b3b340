import type { Recipe } from '../recipe.ts';

/** Another program that trains on pairs. What it reads is derived from the same recipe. */
export interface Engine {
  name: string;
  /** What the configuration was written for. */
  version: string;
  /** The export format that it reads. */
  format: (method: Recipe['method']) => string;
  /** What of this recipe it cannot do, or does otherwise: said in the files and in the summary. */
  cannot: (recipe: Recipe) => string[];
  /** Files by name, beside the data file `data`. */
  files: (recipe: Recipe, data: string) => Record<string, string>;
  /** How it is started, in the folder of the files. */
  command: (recipe: Recipe) => string;
}

/** Forward passes of a batch where each GPU takes whole sequences. */
export function accumulationOf(recipe: Recipe, gpus = gpusOf(recipe)): number {
  return Math.max(1, Math.round(recipe.batch_size / (gpus * recipe.micro_batch_size)));
}

export function gpusOf(recipe: Recipe): number {
  return recipe.gpus ?? recipe.sequence_parallel;
}

/** Steps, optimiser and checkpoints, by the names of transformers' TrainingArguments, which every engine took over. */
export function optimiserArguments(recipe: Recipe): Record<string, unknown> {
  return {
    max_steps: recipe.max_steps,
    learning_rate: recipe.learning_rate,
    weight_decay: recipe.weight_decay,
    adam_beta1: recipe.adam_betas[0],
    adam_beta2: recipe.adam_betas[1],
    max_grad_norm: recipe.max_grad_norm,
    seed: recipe.seed,
    logging_steps: 1,
    save_steps: recipe.checkpoints.every_steps,
    save_total_limit: recipe.checkpoints.keep,
  };
}

/** The rest of these arguments, of the engines that pass them on as they are. */
export function trainingArguments(
  recipe: Recipe,
  accumulation = accumulationOf(recipe),
): Record<string, unknown> {
  return {
    num_train_epochs: recipe.epochs,
    per_device_train_batch_size: recipe.micro_batch_size,
    gradient_accumulation_steps: accumulation,
    lr_scheduler_type: recipe.schedule.kind,
    ...optimiserArguments(recipe),
  };
}

/** Said of each engine that cannot share a sequence among GPUs. */
export function withoutSequenceParallel(recipe: Recipe, why: string): string[] {
  if (recipe.sequence_parallel === 1) return [];
  return [
    `No sequence parallelism (${why}): the recipe shares ${recipe.max_length} tokens among ${recipe.sequence_parallel} GPUs, here each pair must fit one.`,
  ];
}

export const CUTS_LONG_PAIRS =
  'Longer pairs than max_length are cut, not dropped: leave them out of the export.';

/** Comment lines on top of a file. */
export function heading(engine: Engine, recipe: Recipe): string {
  const cannot = engine.cannot(recipe);
  return [
    `For ${engine.name} ${engine.version}, from the recipe "${recipe.name}" of SeaLong. Not run here. Start it with:`,
    `  ${engine.command(recipe)}`,
    cannot.length > 0
      ? 'What it cannot do of the recipe (python -m sealong_trainer can):'
      : 'It does all of the recipe.',
    ...cannot.map((line) => `  - ${line}`),
  ]
    .map((line) => `# ${line}\n`)
    .join('');
}

/** Flat YAML; values are JSON, which YAML reads. Absent ones are left out. */
export function yaml(values: Record<string, unknown>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}

/** Keyword arguments of Python, one a line. */
export function pythonArguments(values: Record<string, unknown>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `    ${key}=${python(value)},\n`)
    .join('');
}

/** A JSON value as Python writes it. */
export function python(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`;
  return JSON.stringify(value);
}
