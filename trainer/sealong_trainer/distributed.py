"""The group of processes: which backend, who shares a sequence with whom."""

import os
from typing import Any

import torch
import torch.distributed as dist

from .data import Place


def on_gpu() -> bool:
    return torch.cuda.is_available()


def prepare_deepspeed() -> None:
    """Lets DeepSpeed run without a GPU, and without compiling what it would like there."""
    if on_gpu():
        return
    os.environ.setdefault("DS_ACCELERATOR", "cpu")
    import deepspeed.ops

    # A faster all-reduce in shared memory, compiled at first use by whatever compiler there is.
    deepspeed.ops.__compatible_ops__["deepspeed_shm_comm"] = False


def leave_group() -> None:
    """Ends gloo's threads, which now and then abort a process that exits before they are done."""
    if dist.is_initialized() and not on_gpu():
        dist.destroy_process_group()


def place_of(sequence_size: int) -> Place:
    """Neighbouring ranks share a sequence, so that its exchanges stay within a node."""
    rank = dist.get_rank() if dist.is_initialized() else 0
    world = dist.get_world_size() if dist.is_initialized() else 1
    return Place(
        data_rank=rank // sequence_size,
        data_size=world // sequence_size,
        sequence_rank=rank % sequence_size,
        sequence_size=sequence_size,
    )


def sequence_group(sequence_size: int) -> Any:
    """The ranks that share this rank's sequences; None where each takes whole ones."""
    if sequence_size == 1:
        return None
    from deepspeed.utils import groups

    return groups._get_sequence_parallel_group()


def any_rank(flag: bool, device: torch.device) -> bool:
    """Whether the flag is set on any rank. All ranks have to ask at the same point."""
    if not dist.is_initialized():
        return flag
    raised = torch.tensor([float(flag)], device=device)
    dist.all_reduce(raised, op=dist.ReduceOp.MAX)
    return bool(raised.item())


def summed(values: torch.Tensor) -> torch.Tensor:
    """Sum over all ranks."""
    if dist.is_initialized():
        dist.all_reduce(values)
    return values
