"""What this machine has and what it lacks for a run."""

import json
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from . import __version__

NEEDED = ("torch", "transformers", "peft", "accelerate", "safetensors", "jsonschema", "numpy")
# What is lost without each.
OPTIONAL = {
    "bitsandbytes": "lora.quantization nf4 needs it",
    "deepspeed": "sequence_parallel above 1 and zero_stage above 0 need it",
    "flash-attn": "attention falls back to sdpa; at 32K tokens flash-attention is faster",
    "liger-kernel": "kernels liger needs it",
    "gguf": "model.gguf needs it",
    "trackio": "track trackio needs it",
    "wandb": "track wandb needs it",
}
ROOM_BYTES = 50e9


def doctor() -> int:
    """Prints one JSON object; 0 where a run on a GPU is possible, 1 where something is missing."""
    found = examine()
    print(json.dumps(found, indent=2))
    return 1 if found["missing"] else 0


def examine() -> dict[str, Any]:
    """Versions, CUDA, NCCL, GPUs, free disk, and what is missing with what that costs."""
    packages = {name: _version(name) for name in (*NEEDED, *OPTIONAL)}
    missing = [f"{name}: a run needs it" for name in NEEDED if packages[name] is None]
    limits = [f"{name}: {why}" for name, why in OPTIONAL.items() if packages[name] is None]
    gpu: dict[str, Any] = {"cuda": None, "nccl": None, "gpus": []}
    if packages["torch"] is not None:
        gpu = _gpu()
    if not gpu["gpus"]:
        missing.append("a GPU that CUDA sees: without one only small models can be trained")
    disk = shutil.disk_usage(Path.cwd())
    if disk.free < ROOM_BYTES:
        limits.append(
            f"disk: {disk.free / 1e9:.0f} GB are free here; a 7B base with checkpoints and a "
            f"merged model takes about {ROOM_BYTES / 1e9:.0f} GB"
        )
    return {
        "sealong_trainer": __version__,
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "packages": packages,
        **gpu,
        "disk_free_bytes": disk.free,
        "missing": missing,
        "limits": limits,
    }


def _gpu() -> dict[str, Any]:
    import torch

    there = torch.cuda.is_available()
    names = [torch.cuda.get_device_properties(i) for i in range(torch.cuda.device_count())]
    # Not a declared part of torch.cuda, and absent in builds without NCCL.
    nccl = getattr(torch.cuda, "nccl", None) if there else None
    return {
        "cuda": torch.version.cuda,
        "nccl": ".".join(map(str, nccl.version())) if nccl else None,
        "gpus": [{"name": gpu.name, "memory_bytes": gpu.total_memory} for gpu in names],
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
