import {
  accumulationOf,
  gpusOf,
  heading,
  trainingArguments,
  withoutSequenceParallel,
  type Engine,
} from './engine.ts';

export const swift: Engine = {
  name: 'swift',
  version: '4.6',
  format: (method) => (method === 'sft' ? 'sft' : 'swift'),
  cannot: (recipe) =>
    recipe.method === 'orpo'
      ? withoutSequenceParallel(recipe, 'it refuses ORPO with sequence_parallel_size above 1')
      : [],
  command: () => 'sh train_swift.sh',
  files: (recipe, data) => {
    const orpo = recipe.method === 'orpo';
    const { lora } = recipe;
    const accumulation = accumulationOf(
      recipe,
      orpo ? gpusOf(recipe) : gpusOf(recipe) / recipe.sequence_parallel,
    );
    const flags: Record<string, unknown> = {
      ...(orpo ? { rlhf_type: 'orpo', beta: recipe.beta } : {}),
      model: recipe.model.base,
      dataset: data,
      tuner_type: 'lora',
      lora_rank: lora.r,
      lora_alpha: lora.alpha,
      lora_dropout: lora.dropout,
      target_modules: lora.targets === 'all_linear' ? 'all-linear' : lora.targets,
      ...(lora.quantization === 'nf4'
        ? {
            quant_method: 'bnb',
            quant_bits: 4,
            bnb_4bit_quant_type: 'nf4',
            bnb_4bit_use_double_quant: true,
          }
        : {}),
      torch_dtype: recipe.dtype,
      max_length: recipe.max_length,
      truncation_strategy: recipe.too_long === 'drop' ? 'delete' : 'raise',
      packing: false,
      ...(orpo ? {} : { sequence_parallel_size: recipe.sequence_parallel }),
      ...trainingArguments(recipe, accumulation),
      warmup_ratio: recipe.schedule.warmup,
      gradient_checkpointing: recipe.gradient_checkpointing,
      output_dir: recipe.name,
      report_to: recipe.track,
    };
    const lines = Object.entries(flags)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `  --${name} ${[value].flat().map(shell).join(' ')}`);
    return {
      'train_swift.sh': `#!/bin/sh
${heading(swift, recipe)}NPROC_PER_NODE=${gpusOf(recipe)} swift ${orpo ? 'rlhf' : 'sft'} \\
${lines.join(' \\\n')}
`,
    };
  },
};

/** A value as one word of a shell. */
function shell(value: unknown): string {
  const text = String(value);
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
