"""What a recipe will do, without a GPU and without loading a model: counts, memory, time."""

import json
from dataclasses import dataclass
from typing import Any

from accelerate import init_empty_weights
from torch import nn
from transformers import AutoModelForCausalLM

from .data import Examples, read_examples, total_steps
from .errors import RecipeError
from .flops import HARDWARE, row_flops
from .model import load_config, load_tokenizer
from .recipe import Recipe

# Assumptions, until they are measured on the hardware: see README.md.
ASSUMED_MFU = 0.35
# CUDA's own memory, the communication buffers and what the allocator cannot use.
OVERHEAD_BYTES = 3e9
# nf4 with double quantisation: 4 bits and about 0.127 for the scales.
NF4_BYTES = 4.127 / 8


@dataclass(frozen=True)
class Shape:
    """Parameters of a model that has never been loaded."""

    total: int
    # Of the layers that get an adapter.
    linear: int
    lora: int
    largest_linear: int


def shape_of(recipe: Recipe, config: Any) -> Shape:
    """Counts from the configuration alone; nothing is allocated.

    Raises RecipeError where lora.targets names no layer.
    """
    with init_empty_weights():
        model = AutoModelForCausalLM.from_config(config)
    head = model.get_output_embeddings()
    targets = recipe.lora.targets
    layers = [
        layer
        for name, layer in model.named_modules()
        if isinstance(layer, nn.Linear)
        and layer is not head
        and (targets == "all_linear" or name.rsplit(".", 1)[-1] in targets)
    ]
    if not layers:
        raise RecipeError(f"lora.targets: {config.model_type} has no layer named so.")
    return Shape(
        total=sum(p.numel() for p in model.parameters()),
        linear=sum(layer.weight.numel() for layer in layers),
        lora=sum(recipe.lora.r * (layer.in_features + layer.out_features) for layer in layers),
        largest_linear=max(layer.weight.numel() for layer in layers),
    )


def check_heads(recipe: Recipe, config: Any) -> None:
    """Raises RecipeError where Ulysses cannot share out the heads, saying which sizes it could."""
    heads, kv_heads = config.num_attention_heads, config.num_key_value_heads

    def divides(size: int) -> bool:
        return heads % size == 0 and (kv_heads % size == 0 or size % kv_heads == 0)

    if divides(recipe.sequence_parallel):
        return
    fitting = [size for size in range(1, heads + 1) if divides(size) and recipe.gpus % size == 0]
    raise RecipeError(
        f"sequence_parallel: {config.model_type} has {heads} query and {kv_heads} key-value "
        f"heads, which {recipe.sequence_parallel} GPUs cannot share. On {recipe.gpus} GPU(s) "
        f"these would do: {', '.join(map(str, fitting))}."
    )


def memory_of(recipe: Recipe, config: Any, shape: Shape, longest: int) -> dict[str, float]:
    """Estimated bytes a GPU, by what they are for, at the longest pair."""
    half = 2 if recipe.dtype == "bfloat16" else 4
    nf4 = recipe.lora.quantization == "nf4"
    base = shape.linear * (NF4_BYTES if nf4 else half) + (shape.total - shape.linear) * half
    shards = recipe.gpus if recipe.zero_stage > 0 and recipe.gpus > 1 else 1
    gradient_shards = shards if recipe.zero_stage == 2 else 1
    # Weights and gradients as computed with; master weights and two moments in 32 bit.
    adapter = shape.lora * (half + half / gradient_shards + 12 / shards)
    rows = recipe.micro_batch_size * (2 if recipe.method == "orpo" else 1)
    tokens = rows * longest / recipe.sequence_parallel
    kept = config.num_hidden_layers * tokens * config.hidden_size * half
    # One layer at work: hidden states, queries, keys, values, the MLP's three, and their gradients.
    layer = tokens * (10 * config.hidden_size + 6 * config.intermediate_size) * half
    if not recipe.gradient_checkpointing:
        kept, layer = config.num_hidden_layers * layer, 0
    # A chunk's logits in half and in full precision, and the gradient of each.
    logits = recipe.logits_chunk * config.vocab_size * (2 * half + 8)
    widened = shape.largest_linear * half if nf4 else 0
    return {
        "base": base,
        "adapter and optimiser": adapter,
        "activations": kept + layer,
        "logits chunk": logits,
        "one layer without quantisation": widened,
        "overhead": OVERHEAD_BYTES,
    }


def make_plan(recipe: Recipe, hardware: str) -> dict[str, Any]:
    """The plan as data.

    Raises RecipeError for what cannot fit or divide, saying what would.
    """
    if hardware not in HARDWARE:
        known = ", ".join(HARDWARE)
        raise RecipeError(f"--hardware: {hardware} is not known. There are: {known}.")
    peak, size = HARDWARE[hardware]
    config = load_config(recipe)
    check_heads(recipe, config)
    most = getattr(config, "max_position_embeddings", recipe.max_length)
    if recipe.max_length > most:
        raise RecipeError(f"max_length: {recipe.max_length} is more than the base's {most} tokens.")
    shape = shape_of(recipe, config)
    examples = read_examples(recipe, load_tokenizer(recipe))
    longest = examples.summary()["longest_kept"]
    memory = memory_of(recipe, config, shape, longest)
    needed = sum(memory.values())
    if needed > size:
        raise RecipeError(_does_not_fit(recipe, config, shape, longest, hardware, needed, size))
    steps = total_steps(len(examples.kept), recipe)
    seconds = _flops(config, shape, examples, steps, recipe) / (peak * recipe.gpus * ASSUMED_MFU)
    return {
        "model": recipe.model.base,
        "method": recipe.method,
        "parameters": shape.total,
        "parameters_trained": shape.lora,
        "data": examples.summary(),
        "steps": steps,
        "batch_size": recipe.batch_size,
        "forward_passes_a_step": recipe.accumulation,
        "gpus": recipe.gpus,
        "sequence_parallel": recipe.sequence_parallel,
        "hardware": hardware,
        "memory_bytes_a_gpu": {name: round(value) for name, value in memory.items()},
        "memory_bytes": round(needed),
        "memory_of_gpu": round(size),
        "seconds": round(seconds),
        "assumed": {"mfu": ASSUMED_MFU, "memory": "estimated, not measured on a GPU"},
    }


def print_plan(recipe: Recipe, hardware: str) -> None:
    """The plan as one JSON object on stdout."""
    print(json.dumps(make_plan(recipe, hardware), indent=2))


def _flops(config: Any, shape: Shape, examples: Examples, steps: int, recipe: Recipe) -> float:
    once = sum(
        row_flops(config, shape.linear, shape.lora, len(example.prompt) + len(answer))
        for example in examples.kept
        for answer in (example.chosen, example.rejected)
        if len(answer)
    )
    return once * steps * recipe.batch_size / len(examples.kept)


def _does_not_fit(
    recipe: Recipe,
    config: Any,
    shape: Shape,
    longest: int,
    hardware: str,
    needed: float,
    size: float,
) -> str:
    def fits(**changes: Any) -> bool:
        changed = Recipe(**{**recipe.__dict__, **changes})
        return sum(memory_of(changed, config, shape, longest).values()) <= size

    ways = []
    if recipe.micro_batch_size > 1 and fits(micro_batch_size=1):
        ways.append("micro_batch_size 1")
    if not recipe.gradient_checkpointing and fits(gradient_checkpointing=True):
        ways.append("gradient_checkpointing true")
    for more in (2, 4, 8, 16, 32):
        heads, kv_heads = config.num_attention_heads, config.num_key_value_heads
        divides = heads % more == 0 and (kv_heads % more == 0 or more % kv_heads == 0)
        if more > recipe.sequence_parallel and divides and fits(sequence_parallel=more, gpus=more):
            ways.append(f"sequence_parallel {more} on {more} GPUs")
            break
    larger = [name for name, (_, memory) in HARDWARE.items() if memory >= needed and memory > size]
    if larger:
        ways.append(f"--hardware {' or '.join(larger)}")
    would = f" What would fit: {'; '.join(ways)}." if ways else ""
    return (
        f"{recipe.model.base} at {longest} tokens needs about {needed / 1e9:.0f} GB a GPU, "
        f"and {hardware} has {size / 1e9:.0f} GB.{would}"
    )
