"""Tiny models with random weights, and pairs of random tokens."""

import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import (
    LlamaConfig,
    LlamaForCausalLM,
    PreTrainedTokenizerFast,
    Qwen2Config,
    Qwen2ForCausalLM,
)

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


TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|> {{ message['content'] }} <|end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|assistant|> {% endif %}"
)


def tiny_tokenizer():
    """Words w0 to w89 and a chat template with an end-of-turn and a line break after it."""
    special = ["<|end|>", "<|user|>", "<|assistant|>", "<unk>"]
    words = {word: number for number, word in enumerate(special + [f"w{n}" for n in range(90)])}
    tokenizer = Tokenizer(WordLevel(words, unk_token="<unk>"))
    # tokenizers types its attributes by the base class, which these are none of.
    tokenizer.pre_tokenizer = WhitespaceSplit()  # type: ignore[assignment]
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|end|>", chat_template=TEMPLATE
    )


def tiny_base(folder: Path) -> Path:
    """A folder as a hub would give it: float32 Llama of two layers with its tokenizer."""
    tiny_model("llama", kv_heads=2, dtype=torch.float32).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def text_row(prompt: str, chosen: str, rejected: str) -> dict:
    """A line of an export for TRL."""
    return {
        "prompt": [{"role": "user", "content": prompt}],
        "chosen": [{"role": "assistant", "content": chosen}],
        "rejected": [{"role": "assistant", "content": rejected}],
    }


def random_rows(count: int, seed: int = 1) -> list[dict]:
    """Pairs of very different lengths."""
    draw = random.Random(seed)

    def words(most: int) -> str:
        return " ".join(f"w{draw.randrange(90)}" for _ in range(draw.randrange(1, most)))

    return [text_row(words(30), words(12), words(20)) for _ in range(count)]


def write_recipe(folder: Path, base: Path, rows: list[dict], **changes: Any) -> Path:
    """A folder with pairs and a recipe for one process and a few quick steps."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pairs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    recipe = {
        "model": {"base": str(base)},
        "data": {"pairs": "pairs.jsonl"},
        "lora": {"r": 4, "alpha": 8, "dropout": 0, "quantization": "none"},
        "batch_size": 4,
        "epochs": 2,
        "learning_rate": 0.01,
        "max_length": 256,
        "dtype": "float32",
        "logits_chunk": 16,
        "sequence_parallel": 1,
        **changes,
    }
    path = folder / "recipe.json"
    path.write_text(json.dumps(recipe))
    return path


def metrics_of(recipe: Path) -> list[dict]:
    text = (recipe.parent / "metrics.jsonl").read_text()
    return [json.loads(line) for line in text.splitlines()]
