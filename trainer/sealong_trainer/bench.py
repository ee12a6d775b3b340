"""python -m sealong_trainer.bench: a step of this trainer against the same step written plainly.

Random weights in the shape of a model: nothing is downloaded, and speed and memory do not depend on
the weights. Prints one JSON object.
"""

import argparse
import gc
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from peft import get_peft_model
from torch import nn
from transformers import AutoModelForCausalLM, BitsAndBytesConfig, LlamaConfig

from .data import Example, Place, collate
from .distributed import on_gpu
from .flops import peak_flops, row_flops
from .loss import IGNORED, orpo_terms, row_sums
from .model import attention_of, lora_config
from .recipe import Recipe, recipe_of

SHAPES: dict[str, dict[str, Any]] = {
    "llama-3.1-8b": {
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 128256,
        "max_position_embeddings": 131072,
    },
    "tiny": {
        "hidden_size": 64,
        "intermediate_size": 128,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "vocab_size": 512,
        "max_position_embeddings": 131072,
    },
}
ANSWER_TOKENS = 512


def main() -> None:
    """Measures both ways and prints the figures."""
    parser = argparse.ArgumentParser(prog="sealong_trainer.bench", description=__doc__)
    parser.add_argument("--shape", choices=SHAPES, default="llama-3.1-8b")
    parser.add_argument("--length", type=int, default=32768, help="tokens of prompt and answer")
    parser.add_argument("--steps", type=int, default=3, help="measured, after one to warm up")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recipe = _recipe(Path(folder), arguments.shape)
        model = _model(recipe, arguments.shape, Path(folder))
        ours = measure(model, recipe, arguments.length, arguments.steps, chunked_loss)
        plain, length = None, arguments.length
        while plain is None and length >= 2 * ANSWER_TOKENS:
            plain = measure(model, recipe, length, arguments.steps, whole_logits_loss)
            length //= 2
    device = torch.cuda.get_device_name() if on_gpu() else "CPU"
    figures = {"device": device, "shape": arguments.shape, "ours": ours, "plain": plain}
    print(json.dumps(figures, indent=2))


def chunked_loss(model: Any, rows: dict[str, torch.Tensor], recipe: Recipe) -> torch.Tensor:
    """The loss of this trainer."""
    causal = model.get_base_model()
    kept: list[torch.Tensor] = []
    hook = causal.model.register_forward_hook(lambda _m, _i, o: kept.append(o.last_hidden_state))
    model(input_ids=rows["input_ids"], position_ids=rows["position_ids"], logits_to_keep=1)
    hook.remove()
    sums, counts = row_sums(
        kept[0], causal.get_output_embeddings(), rows["shift_labels"], recipe.logits_chunk
    )
    return orpo_terms(sums, counts).loss_P(recipe.beta).mean()


def whole_logits_loss(model: Any, rows: dict[str, torch.Tensor], recipe: Recipe) -> torch.Tensor:
    """The same loss as one would write it: logits of every position, in float32."""
    logits = model(input_ids=rows["input_ids"], position_ids=rows["position_ids"]).logits.float()
    labels = rows["shift_labels"]
    logps = logits.log_softmax(-1).gather(-1, labels.clamp(min=0)[..., None])[..., 0]
    answer = labels != IGNORED
    return orpo_terms((logps * answer).sum(1), answer.sum(1)).loss_P(recipe.beta).mean()


def measure(
    model: Any, recipe: Recipe, length: int, steps: int, loss_of: Any
) -> dict[str, Any] | None:
    """Figures of a step on one pair of `length` tokens; None where it does not fit."""
    draw = np.random.default_rng(0)
    vocabulary = model.config.vocab_size

    def tokens(count: int) -> np.ndarray:
        return draw.integers(1, vocabulary, count, dtype=np.int32)

    answer = min(ANSWER_TOKENS, length // 2)
    pair = Example(tokens(length - answer), tokens(answer), tokens(answer))
    device = next(model.parameters()).device
    rows = {name: value.to(device) for name, value in collate([pair], 0, Place()).items()}
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=recipe.learning_rate)
    seconds: list[float] = []
    losses: list[float] = []
    gc.collect()
    if on_gpu():
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()
    try:
        for _ in range(steps + 1):
            _wait()
            began = time.perf_counter()
            with torch.autocast(device.type, torch.bfloat16, enabled=recipe.dtype == "bfloat16"):
                loss = loss_of(model, rows, recipe)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            _wait()
            seconds.append(time.perf_counter() - began)
            losses.append(loss.item())
    except torch.OutOfMemoryError:
        return None
    finally:
        model.zero_grad(set_to_none=True)
    median = sorted(seconds[1:])[len(seconds[1:]) // 2]
    linear = [m for m in model.modules() if hasattr(m, "lora_A")]
    needed = 2 * row_flops(
        model.config,
        sum(m.in_features * m.out_features for m in linear),
        sum(p.numel() for p in trained),
        length,
    )
    peak = peak_flops(torch.cuda.get_device_name()) if on_gpu() else None
    return {
        "length": length,
        "loss": losses[-1],
        "seconds": {"median": median, "all": seconds[1:]},
        "tokens_per_s": 2 * length / median,
        "peak_memory_bytes": torch.cuda.max_memory_allocated() if on_gpu() else None,
        "mfu": needed / median / peak if peak else None,
    }


def _recipe(folder: Path, shape: str) -> Recipe:
    values: dict[str, Any] = {"model": {"base": str(folder)}, "data": {"pairs": "none"}}
    values |= {"sequence_parallel": 1, "batch_size": 1}
    if shape == "tiny":
        values |= {"lora": {"r": 8, "alpha": 8, "dropout": 0, "quantization": "none"}}
        values |= {"dtype": "float32"}
    return recipe_of(values, folder)


def _model(recipe: Recipe, shape: str, folder: Path) -> nn.Module:
    torch.manual_seed(0)
    config = LlamaConfig(**SHAPES[shape], tie_word_embeddings=False)
    dtype = torch.bfloat16 if recipe.dtype == "bfloat16" else torch.float32
    plain = AutoModelForCausalLM.from_config(config, dtype=dtype)
    base: Any = plain
    arguments = {"attn_implementation": attention_of(recipe), "dtype": dtype}
    if recipe.lora.quantization == "nf4":
        plain.save_pretrained(folder)
        del plain
        quantization = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
        base = AutoModelForCausalLM.from_pretrained(
            folder,
            quantization_config=quantization,
            device_map={"": 0} if on_gpu() else None,
            **arguments,
        )
    for parameter in base.parameters():
        parameter.requires_grad_(False)
    base.config.use_cache = False
    base.enable_input_require_grads()
    base.gradient_checkpointing_enable({"use_reentrant": False})
    model = get_peft_model(base, lora_config(recipe))
    return (model.cuda() if on_gpu() else model).train()


def _wait() -> None:
    if on_gpu():
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
