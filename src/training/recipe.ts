import * as z from 'zod';

const positive = z.number().int().positive();
const share = z.number().min(0).lt(1);
const path = z.string().min(1);

const model = z.strictObject({
  base: path.describe('A hub id, or a folder (absolute, or relative to the recipe).'),
  revision: z.string().min(1).optional().describe('Branch, tag or commit of a hub id.'),
  gguf: path
    .optional()
    .describe('Name of a GGUF file in that folder: its weights are widened to full precision.'),
  chat_template: path
    .optional()
    .describe("File with a Jinja chat template, in place of the tokenizer's own."),
});

const data = z.strictObject({
  pairs: path.describe(
    'JSON Lines of {prompt, chosen, rejected} or, for sft, also of {messages}; relative to the recipe.',
  ),
  manifest: path.optional().describe('What says where the pairs come from; copied to the adapter.'),
});

const lora = z.strictObject({
  r: positive.default(128).describe('Rank.'),
  alpha: positive.default(128).describe('The update is scaled by alpha / r.'),
  dropout: share.default(0.05),
  targets: z
    .union([z.literal('all_linear'), z.array(z.string().min(1)).min(1)])
    .default('all_linear')
    .describe('All linear layers but the output layer, or the names of some.'),
  quantization: z
    .enum(['nf4', 'none'])
    .default('nf4')
    .describe('nf4 keeps the base in 4 bits with double quantisation (QLoRA).'),
});

const schedule = z.strictObject({
  kind: z.enum(['cosine', 'linear', 'constant']).default('cosine'),
  warmup: share.default(0.05).describe('Share of the steps in which the rate rises from 0.'),
});

const dtype = z.enum(['bfloat16', 'float32']).describe('Of the computation.');
const gpus = positive.describe('Processes in all; sequence_parallel where absent.');
const maxSteps = positive.describe('Ends the run earlier than the epochs would.');
const microBatchSize = positive.describe('Pairs a forward pass.');
const merge = z.boolean().describe('Also write the base with the adapter merged in.');
const sftAverage = z
  .enum(['answer', 'token'])
  .describe(
    'For sft: each answer counts alike (the formula), or each token does (as transformers averages).',
  );
const tooLong = z
  .enum(['drop', 'refuse'])
  .describe('Longer pairs are dropped and counted, or the run is refused. None is ever cut.');
const track = z
  .enum(['none', 'trackio', 'wandb'])
  .describe('A tracker that also gets the metrics, where its package is installed.');

/** What a study may say of its training beside the paper's values; the recipe's defaults hold where it does not. */
export const recipeOptions = {
  dtype: dtype.optional(),
  gpus: gpus.optional(),
  max_steps: maxSteps.optional(),
  merge: merge.optional(),
  micro_batch_size: microBatchSize.optional(),
  sft_average: sftAverage.optional(),
  too_long: tooLong.optional(),
  track: track.optional(),
};

const checkpoints = z.strictObject({
  every_steps: positive.default(50),
  keep: positive.default(2).describe('Checkpoints kept; the oldest goes first.'),
});

/**
 * What one training run does: read by the extension, the command and the trainer's Python package alike. The defaults
 * are the paper's values (App. A); where the paper is silent, those of its public code.
 */
export const recipeSchema = z
  .strictObject({
    $schema: z.string().optional(),
    schema: z.literal(1).default(1).describe('Version of this file.'),
    name: z
      .string()
      .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/)
      .default('adapter')
      .describe('Names the run and its adapter.'),
    model,
    data,
    method: z.enum(['orpo', 'sft']).default('orpo'),
    beta: z.number().nonnegative().default(0.1).describe('Weight of the odds-ratio loss.'),
    sft_average: sftAverage.default('answer'),
    lora: lora.default(() => lora.parse({})),
    epochs: positive.default(1),
    max_steps: maxSteps.optional(),
    batch_size: positive.default(8).describe('Pairs (or answers, for sft) an optimiser step.'),
    micro_batch_size: microBatchSize.default(1),
    learning_rate: z.number().positive().lt(1).default(5e-5),
    schedule: schedule.default(() => schedule.parse({})),
    weight_decay: z.number().nonnegative().default(0.1),
    adam_betas: z.tuple([share, share]).default([0.9, 0.999]),
    max_grad_norm: z.number().positive().default(1),
    seed: z
      .number()
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(42),
    max_length: positive.default(32768).describe('Tokens of prompt and answer together.'),
    too_long: tooLong.default('drop'),
    packing: z.literal(false).default(false).describe('Each row holds one answer.'),
    sequence_parallel: positive
      .default(8)
      .describe('GPUs that share one sequence (DeepSpeed-Ulysses).'),
    gpus: gpus.optional(),
    zero_stage: z
      .union([z.literal(0), z.literal(1), z.literal(2)])
      .default(1)
      .describe('DeepSpeed ZeRO: 1 shards optimiser states, 2 also gradients.'),
    dtype: dtype.default('bfloat16'),
    attention: z
      .enum(['auto', 'flash_attention_2', 'sdpa'])
      .default('auto')
      .describe('auto takes flash-attention where it is installed and a GPU is there.'),
    gradient_checkpointing: z.boolean().default(true),
    logits_chunk: positive
      .default(1024)
      .describe('Answer tokens whose logits are in memory at once.'),
    kernels: z
      .enum(['torch', 'liger'])
      .default('torch')
      .describe("liger takes Liger's kernels for norms, rotary embeddings and MLPs (GPU only)."),
    checkpoints: checkpoints.default(() => checkpoints.parse({})),
    merge: merge.default(false),
    track: track.default('none'),
  })
  .superRefine((recipe, context) => {
    for (const [field, message] of contradictions(recipe))
      context.addIssue({ code: 'custom', path: field.split('.'), message });
  });

export type Recipe = z.infer<typeof recipeSchema>;
export type RecipeInput = z.input<typeof recipeSchema>;

/** Values that are right alone and wrong together, by the field to change; `recipe.py` holds the same rules. */
function contradictions(recipe: {
  model: { gguf?: string | undefined };
  lora: { quantization: string };
  gpus?: number | undefined;
  sequence_parallel: number;
  batch_size: number;
  micro_batch_size: number;
}): [string, string][] {
  const { sequence_parallel: sequence, batch_size: batch, micro_batch_size: micro } = recipe;
  const gpus = recipe.gpus ?? sequence;
  if (recipe.model.gguf !== undefined && recipe.lora.quantization !== 'none')
    return [['lora.quantization', 'must be "none" for weights that come from a GGUF (model.gguf)']];
  if (gpus % sequence !== 0)
    return [['gpus', `${gpus} cannot be shared out in groups of sequence_parallel ${sequence}`]];
  const atOnce = (gpus / sequence) * micro;
  if (batch % atOnce === 0) return [];
  const near = Math.max(1, Math.round(batch / atOnce)) * atOnce;
  return [
    [
      'batch_size',
      `${batch} is no multiple of the ${atOnce} that ${gpus / sequence} group(s) of GPUs take at once (micro_batch_size ${micro}); ${near} would do`,
    ],
  ];
}
