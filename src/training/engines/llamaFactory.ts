import {
  CUTS_LONG_PAIRS,
  gpusOf,
  heading,
  trainingArguments,
  withoutSequenceParallel,
  yaml,
  type Engine,
} from './engine.ts';

const tags = {
  role_tag: 'role',
  content_tag: 'content',
  user_tag: 'user',
  assistant_tag: 'assistant',
  system_tag: 'system',
};

export const llamaFactory: Engine = {
  name: 'llamafactory',
  version: '0.9',
  format: (method) => (method === 'sft' ? 'sft' : 'llamafactory'),
  cannot: (recipe) => [
    ...withoutSequenceParallel(recipe, 'its preference trainer has none'),
    CUTS_LONG_PAIRS,
    "The chat template is one of its own, named in the file: check that it is the model's.",
  ],
  command: (recipe) =>
    `FORCE_TORCHRUN=1 NPROC_PER_NODE=${gpusOf(recipe)} llamafactory-cli train llamafactory.yaml`,
  files: (recipe, data) => {
    const orpo = recipe.method === 'orpo';
    const { lora } = recipe;
    // The preference format brings its own description of the data.
    const described = {
      pairs: { file_name: data, formatting: 'sharegpt', columns: { messages: 'messages' }, tags },
    };
    return {
      ...(orpo ? {} : { 'dataset_info.json': `${JSON.stringify(described, null, 2)}\n` }),
      'llamafactory.yaml':
        heading(llamaFactory, recipe) +
        yaml({
          model_name_or_path: recipe.model.base,
          stage: orpo ? 'dpo' : 'sft',
          do_train: true,
          ...(orpo ? { pref_loss: 'orpo', pref_beta: recipe.beta } : {}),
          finetuning_type: 'lora',
          lora_rank: lora.r,
          lora_alpha: lora.alpha,
          lora_dropout: lora.dropout,
          lora_target: lora.targets === 'all_linear' ? 'all' : lora.targets.join(','),
          ...(lora.quantization === 'nf4'
            ? {
                quantization_bit: 4,
                quantization_method: 'bnb',
                quantization_type: 'nf4',
                double_quantization: true,
              }
            : {}),
          dataset_dir: '.',
          dataset: 'pairs',
          template: templateOf(recipe.model.base),
          cutoff_len: recipe.max_length,
          packing: false,
          output_dir: recipe.name,
          ...trainingArguments(recipe),
          warmup_ratio: recipe.schedule.warmup,
          bf16: recipe.dtype === 'bfloat16',
          flash_attn: recipe.attention === 'flash_attention_2' ? 'fa2' : recipe.attention,
          report_to: recipe.track,
        }),
    };
  },
};

/** Its name of the models' template; `empty` marks that there is none that we know of. */
function templateOf(base: string): string {
  const name = base.toLowerCase();
  if (name.includes('llama-3')) return 'llama3';
  if (name.includes('qwen')) return 'qwen';
  return 'empty';
}
