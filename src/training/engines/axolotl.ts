import {
  accumulationOf,
  CUTS_LONG_PAIRS,
  gpusOf,
  heading,
  optimiserArguments,
  withoutSequenceParallel,
  yaml,
  type Engine,
} from './engine.ts';

export const axolotl: Engine = {
  name: 'axolotl',
  version: '0.13',
  format: (method) => (method === 'sft' ? 'sft' : 'axolotl'),
  cannot: (recipe) => [
    ...(recipe.method === 'orpo'
      ? [
          ...withoutSequenceParallel(
            recipe,
            'its ring attention gathers outputs for GRPO alone, not for ORPO',
          ),
          "L_SFT is TRL's, over prompt and answer; in the paper over the answer alone.",
        ]
      : []),
    CUTS_LONG_PAIRS,
  ],
  command: (recipe) => `axolotl train axolotl.yaml --num-processes ${gpusOf(recipe)}`,
  files: (recipe, data) => {
    const orpo = recipe.method === 'orpo';
    const { lora } = recipe;
    return {
      'axolotl.yaml':
        heading(axolotl, recipe) +
        yaml({
          base_model: recipe.model.base,
          load_in_4bit: lora.quantization === 'nf4',
          ...(orpo
            ? { rl: 'orpo', orpo_alpha: recipe.beta, remove_unused_columns: false }
            : { train_on_inputs: false }),
          datasets: [
            orpo
              ? { path: data, ds_type: 'json', split: 'train', type: 'chat_template.argilla' }
              : { path: data, ds_type: 'json', type: 'chat_template', field_messages: 'messages' },
          ],
          chat_template: 'tokenizer_default',
          adapter: lora.quantization === 'nf4' ? 'qlora' : 'lora',
          lora_r: lora.r,
          lora_alpha: lora.alpha,
          lora_dropout: lora.dropout,
          ...(lora.targets === 'all_linear'
            ? { lora_target_linear: true }
            : { lora_target_modules: lora.targets }),
          sequence_len: recipe.max_length,
          sample_packing: false,
          ...(orpo ? {} : { context_parallel_size: recipe.sequence_parallel }),
          num_epochs: recipe.epochs,
          micro_batch_size: recipe.micro_batch_size,
          gradient_accumulation_steps: accumulationOf(recipe),
          ...optimiserArguments(recipe),
          lr_scheduler: recipe.schedule.kind,
          warmup_ratio: recipe.schedule.warmup,
          optimizer: 'adamw_torch',
          bf16: recipe.dtype === 'bfloat16',
          flash_attention: recipe.attention !== 'sdpa',
          gradient_checkpointing: recipe.gradient_checkpointing,
          output_dir: recipe.name,
        }),
    };
  },
};
