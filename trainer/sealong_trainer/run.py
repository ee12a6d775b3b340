"""One process of a run, from the recipe to the adapter."""

import hashlib
import json
import math
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from transformers import TrainerCallback, TrainingArguments

from .card import write_card
from .data import Batches, Examples, read_examples
from .distributed import leave_group, on_gpu, place_of, prepare_deepspeed
from .environment import write_environment
from .errors import DONE, STOPPED, RecipeError
from .model import attention_of, load_config, load_model, load_tokenizer, merge, pad_id
from .preference_trainer import PreferenceTrainer, StopRequest
from .progress import Metrics, RunFiles, State, write_atomic
from .recipe import Recipe

COMPLETE = "complete.json"


def run(recipe: Recipe) -> int:
    """Trains, or goes on where a checkpoint is; gives the exit code (errors.py)."""
    stop = StopRequest()
    files = RunFiles(recipe.folder)
    _join(recipe)
    first = _rank() == 0
    state = State(files.state) if first else None
    try:
        code = _run(recipe, files, state, stop)
        leave_group()
        return code
    except BaseException as error:
        if state:
            state.set(phase="failed", error=str(error) or type(error).__name__)
        raise


def _run(recipe: Recipe, files: RunFiles, state: State | None, stop: StopRequest) -> int:
    first = state is not None
    if first:
        write_environment(files.environment)
    if recipe.model.gguf is None:
        load_config(recipe)
    tokenizer = load_tokenizer(recipe)
    _say(first, f"Reading {recipe.path(recipe.data.pairs)}")
    examples = read_examples(recipe, tokenizer)
    _say(first, json.dumps(examples.summary()))
    print_hash = fingerprint(recipe, examples)
    checkpoint = find_checkpoint(files.checkpoints, print_hash)
    start = _step_of(checkpoint) if checkpoint else 0
    batches = Batches(
        examples.kept, recipe, place_of(recipe.sequence_parallel), pad_id(tokenizer), start
    )
    if start > batches.steps:
        raise RecipeError(
            f"{checkpoint} is after step {start}, and the recipe ends after {batches.steps}. "
            "Raise max_steps or epochs, or train in another folder."
        )
    if state:
        state.set(phase="loading", step=start, of=batches.steps)
    _say(first, f"Loading {recipe.base_source()}")
    model: Any = load_model(recipe)
    metrics = Metrics(files.metrics, start) if first else None
    began = time.monotonic()

    def report(record: dict[str, Any]) -> None:
        if metrics is None or state is None:
            return
        metrics.add(record)
        done = record["step"] - start
        left = (batches.steps - record["step"]) * (time.monotonic() - began) / done
        state.set(phase="training", step=record["step"], eta_s=round(left, 1))
        _say(first, f"step {record['step']}/{batches.steps} loss {record['loss']:.4f}")

    def phase(name: str) -> None:
        if state:
            state.set(phase=name, eta_s=state.values.get("eta_s"))

    trainer = PreferenceTrainer(
        model,
        training_arguments(recipe, files, batches.steps),
        recipe,
        batches,
        report,
        stop,
        lambda: phase("checkpointing"),
    )
    trainer.add_callback(_MarkComplete(files.checkpoints, print_hash, lambda: phase("training")))
    if start < batches.steps:
        if checkpoint:
            _say(first, f"Going on after step {start}, from {checkpoint}")
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    elif checkpoint:
        model.load_adapter(str(checkpoint), "default", is_trainable=False)
    if trainer.stopped_by:
        if state:
            state.set(phase="stopped", error=f"Stopped by {trainer.stopped_by}.")
        _say(first, f"Stopped by {trainer.stopped_by}; the same command goes on from here.")
        return STOPPED
    if state:
        _finish(recipe, files, state, model, tokenizer, examples, trainer.state.log_history)
    return DONE


def _finish(
    recipe: Recipe,
    files: RunFiles,
    state: State,
    model: Any,
    tokenizer: Any,
    examples: Examples,
    history: list[dict[str, Any]],
) -> None:
    state.set(phase="saving")
    temporary = files.adapter.with_name(".adapter.tmp")
    shutil.rmtree(temporary, ignore_errors=True)
    model.save_pretrained(temporary)
    tokenizer.save_pretrained(temporary)
    write_card(temporary, recipe, examples, history)
    shutil.rmtree(files.adapter, ignore_errors=True)
    temporary.rename(files.adapter)
    if recipe.merge:
        state.set(phase="merging")
        merge(recipe, files.adapter, files.merged)
    state.set(phase="done")


def training_arguments(recipe: Recipe, files: RunFiles, steps: int) -> TrainingArguments:
    """The recipe as transformers' Trainer takes it."""
    rows = recipe.micro_batch_size * (2 if recipe.method == "orpo" else 1)
    parallel: dict[str, Any] = {}
    if not on_gpu():
        parallel = {"use_cpu": True, **({"ddp_backend": "gloo"} if recipe.gpus > 1 else {})}
    if uses_deepspeed(recipe):
        parallel = deepspeed_arguments(recipe)
    liger = {"fused_linear_cross_entropy": False, "cross_entropy": False}
    return TrainingArguments(
        output_dir=str(files.checkpoints),
        per_device_train_batch_size=rows,
        gradient_accumulation_steps=recipe.accumulation,
        max_steps=steps,
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.schedule.kind
        if recipe.schedule.kind != "constant"
        else "constant_with_warmup",
        warmup_steps=math.ceil(recipe.schedule.warmup * steps),
        weight_decay=recipe.weight_decay,
        adam_beta1=recipe.adam_betas[0],
        adam_beta2=recipe.adam_betas[1],
        max_grad_norm=recipe.max_grad_norm,
        seed=recipe.seed,
        bf16=recipe.dtype == "bfloat16",
        activation_checkpointing=recipe.gradient_checkpointing,
        activation_checkpointing_kwargs={"use_reentrant": False},
        use_liger_kernel=recipe.kernels == "liger",
        liger_kernel_config=liger if recipe.kernels == "liger" else None,
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_steps=recipe.checkpoints.every_steps,
        save_total_limit=recipe.checkpoints.keep,
        # Batches starts at the step itself.
        ignore_data_skip=True,
        ddp_find_unused_parameters=False,
        dataloader_pin_memory=False,
        remove_unused_columns=False,
        report_to=[] if recipe.track == "none" else [recipe.track],
        run_name=recipe.name,
        disable_tqdm=True,
        **parallel,
    )


def uses_deepspeed(recipe: Recipe) -> bool:
    """Sequence parallelism needs it; plain data parallelism takes it for ZeRO."""
    return recipe.gpus > 1 and (recipe.sequence_parallel > 1 or recipe.zero_stage > 0)


def deepspeed_arguments(recipe: Recipe) -> dict[str, Any]:
    """DeepSpeed's own configuration and, for slices of sequences, Ulysses."""
    arguments: dict[str, Any] = {
        "deepspeed": {
            "zero_optimization": {"stage": recipe.zero_stage},
            "train_micro_batch_size_per_gpu": "auto",
            "train_batch_size": "auto",
            "gradient_accumulation_steps": "auto",
            "gradient_clipping": "auto",
            "bf16": {"enabled": "auto"},
            "zero_allow_untested_optimizer": True,
            "steps_per_print": 10**9,
        }
    }
    if not on_gpu():
        # The process group exists already, over gloo.
        arguments["accelerator_config"] = {"use_configured_state": True}
    if recipe.sequence_parallel > 1:
        from accelerate.parallelism_config import ParallelismConfig
        from accelerate.utils import DeepSpeedSequenceParallelConfig

        arguments["parallelism_config"] = ParallelismConfig(
            sp_backend="deepspeed",
            sp_size=recipe.sequence_parallel,
            dp_replicate_size=recipe.data_parallel,
            sp_handler=DeepSpeedSequenceParallelConfig(
                sp_seq_length_is_variable=True, sp_attn_implementation=attention_of(recipe)
            ),
        )
    return arguments


def fingerprint(recipe: Recipe, examples: Examples) -> str:
    """Hash of all that shapes the weights: a checkpoint of another run is not gone on from.

    But for its length: a longer run sees the same pairs in the same order up to there.
    """
    values = asdict(recipe)
    for other in (
        *("folder", "name", "checkpoints", "merge", "track", "logits_chunk"),
        *("epochs", "max_steps"),
    ):
        del values[other]
    del values["data"]
    values["base"] = recipe.base_source() if recipe.model.gguf else recipe.model.base
    text = json.dumps([values, examples.sha256], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def find_checkpoint(folder: Path, print_hash: str) -> Path | None:
    """The latest checkpoint that is whole. Raises RecipeError where another recipe made it."""
    whole = [path.parent for path in folder.glob(f"checkpoint-*/{COMPLETE}")]
    if not whole:
        return None
    latest = max(whole, key=_step_of)
    if json.loads((latest / COMPLETE).read_text())["fingerprint"] != print_hash:
        raise RecipeError(
            f"{folder} holds checkpoints of another recipe or of other pairs. "
            "Remove it to start anew, or train in another folder."
        )
    return latest


class _MarkComplete(TrainerCallback):
    """Marks a checkpoint once all ranks have written theirs: what a kill leaves is not whole."""

    def __init__(self, folder: Path, print_hash: str, saved: Callable[[], None]):
        self.folder, self.print_hash, self.saved = folder, print_hash, saved

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if dist.is_initialized():
            dist.barrier()
        if _rank() == 0:
            path = self.folder / f"checkpoint-{state.global_step}" / COMPLETE
            write_atomic(path, json.dumps({"fingerprint": self.print_hash}) + "\n")
        self.saved()


def _join(recipe: Recipe) -> None:
    """Joins the other processes, where there are any."""
    if recipe.gpus == 1:
        return
    if uses_deepspeed(recipe):
        if find_spec("deepspeed") is None:
            raise RecipeError(
                "sequence_parallel and zero_stage need DeepSpeed, which is not installed. "
                "Install requirements-deepspeed.txt (setup.sh does), or set gpus to 1."
            )
        os.environ["ACCELERATE_USE_DEEPSPEED"] = "true"
        prepare_deepspeed()
    if on_gpu():
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        return
    from accelerate import PartialState

    # Asked for a CPU by name, accelerate would leave DeepSpeed out.
    named = {} if uses_deepspeed(recipe) else {"cpu": True}
    PartialState(backend="gloo", timeout=timedelta(minutes=10), **named)


def _rank() -> int:
    return int(os.environ.get("RANK", "0"))


def _step_of(checkpoint: Path) -> int:
    return int(checkpoint.name.rsplit("-", 1)[1])


def _say(first: bool, text: str) -> None:
    if first:
        print(text, file=sys.stderr, flush=True)
