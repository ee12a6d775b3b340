"""Floating-point operations of a training step, for time estimates and for MFU."""

from typing import Any

# Dense bfloat16 peaks of the makers' data sheets in FLOP/s, and memory in bytes.
HARDWARE: dict[str, tuple[float, float]] = {
    "b200": (2250e12, 180e9),
    "h200": (989e12, 141e9),
    "h100": (989e12, 80e9),
    "a100-80g": (312e12, 80e9),
    "a100-40g": (312e12, 40e9),
    "l40s": (362e12, 48e9),
    "rtx4090": (165e12, 24e9),
}


def peak_flops(device_name: str) -> float | None:
    """Peak of the GPU by the name that CUDA gives it; None where it is not known."""
    name = device_name.lower().replace(" ", "")
    for key, (flops, _) in HARDWARE.items():
        if key.split("-")[0] in name:
            return flops
    return None


def row_flops(config: Any, linear_parameters: int, lora_parameters: int, length: int) -> float:
    """Operations that one row of `length` tokens needs, forward and backward.

    Of a frozen base the backward pass needs the gradient by activations alone: 2 operations a
    parameter and token forward, 2 backward; of the adapter also that by its weights. Attention is
    causal, so half of the square. Recomputation by checkpointing is not counted: MFU is about what
    the step needs, not about what is done twice.
    """
    head_size = getattr(config, "head_dim", None) or (
        config.hidden_size // config.num_attention_heads
    )
    width = config.num_attention_heads * head_size
    # Scores and weighted values, 2 operations each a multiply-add; backward is twice forward.
    attention = 3 * config.num_hidden_layers * 4 * width * length * length / 2
    return (4 * linear_parameters + 6 * lora_parameters) * length + attention
