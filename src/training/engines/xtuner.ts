import type { Recipe } from '../recipe.ts';
import { CUTS_LONG_PAIRS, gpusOf, heading, python, type Engine } from './engine.ts';

/** The engine of the paper's own runs; no longer developed. */
export const xtuner: Engine = {
  name: 'xtuner',
  version: '0.1.23',
  format: (method) => (method === 'sft' ? 'sft' : 'axolotl'),
  cannot: (recipe) => [
    'It is no longer developed and needs a transformers of its time.',
    ...(recipe.method === 'orpo' && recipe.sequence_parallel > 1
      ? [
          'As we read its code, its NLL term is not reduced over the GPUs that share a sequence: L_SFT is of one slice.',
        ]
      : []),
    CUTS_LONG_PAIRS,
    "The chat template is one of its own (prompt_template below): check that it is the model's.",
  ],
  command: (recipe) =>
    `NPROC_PER_NODE=${gpusOf(recipe)} xtuner train xtuner_config.py --deepspeed deepspeed_zero2`,
  files: (recipe, data) => ({ 'xtuner_config.py': config(recipe, data) }),
};

function config(recipe: Recipe, data: string): string {
  const orpo = recipe.method === 'orpo';
  const nf4 = recipe.lora.quantization === 'nf4';
  const groups = gpusOf(recipe) / recipe.sequence_parallel;
  // xtuner divides the batch among the GPUs that share a sequence: each sees every pair.
  const accumulation = Math.max(
    1,
    Math.round((recipe.batch_size * recipe.sequence_parallel) / (groups * recipe.micro_batch_size)),
  );
  const warmup = recipe.schedule.warmup * recipe.epochs;
  return `${heading(xtuner, recipe)}import torch
from datasets import load_dataset
from mmengine.dataset import DefaultSampler
from mmengine.hooks import CheckpointHook, DistSamplerSeedHook, IterTimerHook, LoggerHook, ParamSchedulerHook
from mmengine.optim import AmpOptimWrapper, CosineAnnealingLR, LinearLR
from peft import LoraConfig
from torch.optim import AdamW
from transformers import AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig
from xtuner.engine.runner import TrainLoop
from xtuner.parallel.sequence import SequenceParallelSampler
from xtuner.utils import PROMPT_TEMPLATE
${
  orpo
    ? `from xtuner.dataset.collate_fns.preference_collate_fn import preference_collate_fn
from xtuner.dataset.preference_dataset import build_preference_dataset, orpo_dpo_mix_40k_map_fn
from xtuner.model.orpo import ORPO`
    : `from xtuner.dataset import process_hf_dataset
from xtuner.dataset.collate_fns import default_collate_fn
from xtuner.dataset.map_fns import openai_map_fn, template_map_fn_factory
from xtuner.model import SupervisedFinetune`
}

base = ${python(recipe.model.base)}
prompt_template = PROMPT_TEMPLATE.${templateOf(recipe.model.base)}
sequence_parallel_size = ${recipe.sequence_parallel}
max_epochs = ${recipe.epochs}

tokenizer = dict(type=AutoTokenizer.from_pretrained, pretrained_model_name_or_path=base, padding_side="right")
llm = dict(
    type=AutoModelForCausalLM.from_pretrained,
    pretrained_model_name_or_path=base,
    torch_dtype=torch.${recipe.dtype},
    attn_implementation=${python(recipe.attention === 'sdpa' ? 'sdpa' : 'flash_attention_2')},
${
  nf4
    ? `    quantization_config=dict(
        type=BitsAndBytesConfig,
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.${recipe.dtype},
    ),
`
    : ''
})
lora = dict(
    type=LoraConfig,
    r=${recipe.lora.r},
    lora_alpha=${recipe.lora.alpha},
    lora_dropout=${recipe.lora.dropout},
    bias="none",
    task_type="CAUSAL_LM",
)
model = dict(
    type=${orpo ? 'ORPO' : 'SupervisedFinetune'},
${orpo ? `    beta=${recipe.beta},\n` : ''}    use_varlen_attn=False,
    llm=llm,
    lora=lora,
)

train_dataset = dict(
${
  orpo
    ? `    type=build_preference_dataset,
    dataset=dict(type=load_dataset, path="json", data_files=dict(train=${python(data)})),
    tokenizer=tokenizer,
    max_length=${recipe.max_length},
    dataset_map_fn=orpo_dpo_mix_40k_map_fn,
    is_dpo=True,
    is_reward=False,
    reward_token_id=-1,
    num_proc=8,
    use_varlen_attn=False,`
    : `    type=process_hf_dataset,
    dataset=dict(type=load_dataset, path="json", data_files=dict(train=${python(data)})),
    tokenizer=tokenizer,
    max_length=${recipe.max_length},
    dataset_map_fn=openai_map_fn,
    template_map_fn=dict(type=template_map_fn_factory, template=prompt_template),
    remove_unused_columns=True,
    shuffle_before_pack=False,
    pack_to_max_length=False,
    use_varlen_attn=False,`
}
)
train_dataloader = dict(
    batch_size=${recipe.micro_batch_size},
    num_workers=4,
    dataset=train_dataset,
    sampler=dict(type=SequenceParallelSampler if sequence_parallel_size > 1 else DefaultSampler, shuffle=True),
    collate_fn=dict(type=${orpo ? 'preference_collate_fn' : 'default_collate_fn'}, use_varlen_attn=False),
)

optim_wrapper = dict(
    type=AmpOptimWrapper,
    optimizer=dict(type=AdamW, lr=${recipe.learning_rate}, betas=(${recipe.adam_betas.join(', ')}), weight_decay=${recipe.weight_decay}),
    clip_grad=dict(max_norm=${recipe.max_grad_norm}, error_if_nonfinite=False),
    accumulative_counts=${accumulation},
    loss_scale="dynamic",
    dtype=${python(recipe.dtype)},
)
param_scheduler = [
    dict(type=LinearLR, start_factor=1e-5, by_epoch=True, begin=0, end=${warmup}, convert_to_iter_based=True),
    dict(type=CosineAnnealingLR, eta_min=0.0, by_epoch=True, begin=${warmup}, end=max_epochs, convert_to_iter_based=True),
]
train_cfg = dict(type=TrainLoop, max_epochs=max_epochs)
default_hooks = dict(
    timer=dict(type=IterTimerHook),
    logger=dict(type=LoggerHook, log_metric_by_epoch=False, interval=1),
    param_scheduler=dict(type=ParamSchedulerHook),
    checkpoint=dict(type=CheckpointHook, by_epoch=False, interval=${recipe.checkpoints.every_steps}, max_keep_ckpts=${recipe.checkpoints.keep}),
    sampler_seed=dict(type=DistSamplerSeedHook),
)
randomness = dict(seed=${recipe.seed}, deterministic=False)
work_dir = ${python(recipe.name)}
launcher = "pytorch"
env_cfg = dict(cudnn_benchmark=False, mp_cfg=dict(mp_start_method="fork"), dist_cfg=dict(backend="nccl"))
log_level = "INFO"
load_from = None
resume = False
`;
}

function templateOf(base: string): string {
  const name = base.toLowerCase();
  if (name.includes('llama-3')) return 'llama3_chat';
  if (name.includes('qwen')) return 'qwen_chat';
  return 'default';
}
