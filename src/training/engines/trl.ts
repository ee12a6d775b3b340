import type { Recipe } from '../recipe.ts';
import {
  accumulationOf,
  CUTS_LONG_PAIRS,
  gpusOf,
  heading,
  python,
  pythonArguments,
  withoutSequenceParallel,
  type Engine,
} from './engine.ts';

/** A script, since TRL's command knows no ORPO. */
export const trl: Engine = {
  name: 'trl',
  version: '1.16',
  format: (method) => (method === 'sft' ? 'sft' : 'trl'),
  cannot: (recipe) => [
    ...(recipe.method === 'orpo'
      ? [
          ...withoutSequenceParallel(recipe, 'its ORPO trainer has none'),
          'L_SFT is taken over prompt and answer; in the paper over the answer alone.',
          'Its ORPO trainer is experimental: whole logits are in memory.',
        ]
      : withoutSequenceParallel(recipe, 'it needs a configuration of accelerate for that')),
    CUTS_LONG_PAIRS,
  ],
  command: (recipe) => `accelerate launch --num_processes ${gpusOf(recipe)} train_trl.py`,
  files: (recipe, data) => ({ 'train_trl.py': script(recipe, data) }),
};

function script(recipe: Recipe, data: string): string {
  const orpo = recipe.method === 'orpo';
  const [config, trainer] = orpo ? ['ORPOConfig', 'ORPOTrainer'] : ['SFTConfig', 'SFTTrainer'];
  const targets = recipe.lora.targets === 'all_linear' ? 'all-linear' : recipe.lora.targets;
  return `${heading(trl, recipe)}import torch
from datasets import load_dataset
from peft import LoraConfig
from transformers import AutoModelForCausalLM, AutoTokenizer${recipe.lora.quantization === 'nf4' ? ', BitsAndBytesConfig' : ''}
from ${orpo ? 'trl.experimental.orpo' : 'trl'} import ${config}, ${trainer}

arguments = ${config}(
${pythonArguments({
  output_dir: recipe.name,
  ...(orpo
    ? { beta: recipe.beta, disable_dropout: false }
    : { completion_only_loss: true, assistant_only_loss: false, packing: false }),
  max_length: recipe.max_length,
  num_train_epochs: recipe.epochs,
  max_steps: recipe.max_steps,
  per_device_train_batch_size: recipe.micro_batch_size,
  gradient_accumulation_steps: accumulationOf(recipe),
  learning_rate: recipe.learning_rate,
  lr_scheduler_type: recipe.schedule.kind,
  warmup_steps: recipe.schedule.warmup,
  weight_decay: recipe.weight_decay,
  adam_beta1: recipe.adam_betas[0],
  adam_beta2: recipe.adam_betas[1],
  max_grad_norm: recipe.max_grad_norm,
  seed: recipe.seed,
  bf16: recipe.dtype === 'bfloat16',
  gradient_checkpointing: recipe.gradient_checkpointing,
  logging_steps: 1,
  save_steps: recipe.checkpoints.every_steps,
  save_total_limit: recipe.checkpoints.keep,
  report_to: recipe.track === 'none' ? [] : [recipe.track],
})})
model = AutoModelForCausalLM.from_pretrained(
    ${python(recipe.model.base)},
    dtype=torch.${recipe.dtype},
${
  recipe.lora.quantization === 'nf4'
    ? `    quantization_config=BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.${recipe.dtype},
    ),
`
    : ''
})
trainer = ${trainer}(
    model=model,
    args=arguments,
    train_dataset=load_dataset("json", data_files=${python(data)}, split="train"),
    processing_class=AutoTokenizer.from_pretrained(${python(recipe.model.base)}),
    peft_config=LoraConfig(
        r=${recipe.lora.r},
        lora_alpha=${recipe.lora.alpha},
        lora_dropout=${recipe.lora.dropout},
        target_modules=${python(targets)},
        task_type="CAUSAL_LM",
    ),
)
trainer.train()
trainer.save_model(${python(`${recipe.name}/adapter`)})
`;
}
