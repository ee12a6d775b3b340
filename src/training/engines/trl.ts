import type { Recipe } from '../recipe.ts';
import {
  CUTS_LONG_PAIRS,
  gpusOf,
  heading,
  python,
  pythonArguments,
  trainingArguments,
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
  ...trainingArguments(recipe),
  warmup_steps: recipe.schedule.warmup,
  bf16: recipe.dtype === 'bfloat16',
  gradient_checkpointing: recipe.gradient_checkpointing,
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
