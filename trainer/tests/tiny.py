"""Tiny models with random weights, and pairs of random tokens."""

import random

import numpy as np
import torch
from transformers import LlamaConfig, LlamaForCausalLM, Qwen2Config, Qwen2ForCausalLM

from sealong_trainer.data import Example

SIZES = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "vocab_size": 96,
    "initializer_range": 0.2,
    "attn_implementation": "sdpa",
}


def tiny_model(kind: str, kv_heads: int = 2, seed: int = 0, dtype=torch.float64):
    """A Llama or Qwen2 model of two layers."""
    torch.manual_seed(seed)
    config, model = {
        "llama": (LlamaConfig, LlamaForCausalLM),
        "qwen2": (Qwen2Config, Qwen2ForCausalLM),
    }[kind]
    return model(config(**SIZES, num_key_value_heads=kv_heads)).to(dtype)


def tiny_pairs(lengths: list[tuple[int, int, int]], seed: int = 0) -> list[Example]:
    """Pairs of random tokens by the lengths of prompt, chosen and rejected (0: none)."""
    draw = random.Random(seed)
    return [
        Example(*(np.array([draw.randrange(1, 96) for _ in range(n)], np.int32) for n in each))
        for each in lengths
    ]


def plain(pairs: list[Example]) -> list[tuple[list, list, list]]:
    return [(p.prompt.tolist(), p.chosen.tolist(), p.rejected.tolist()) for p in pairs]


def hidden_states(model, rows) -> torch.Tensor:
    """[R, L, H] of the last layer."""
    return model.model(
        input_ids=rows["input_ids"], position_ids=rows["position_ids"]
    ).last_hidden_state
