"""The base model and its adapter: QLoRA, gradient checkpointing, the chat template."""

import copy
import hashlib
import os
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, BitsAndBytesConfig

from .distributed import on_gpu
from .errors import RecipeError
from .recipe import Recipe

# The head's output is taken as the logits themselves: these models change it afterwards.
_LOGIT_CHANGES = ("final_logit_softcapping", "logit_scale", "logits_scaling")


def source(recipe: Recipe) -> dict[str, Any]:
    """Arguments of `from_pretrained` that say where the base is."""
    base: dict[str, Any] = {"pretrained_model_name_or_path": recipe.base_source()}
    if recipe.model.revision:
        base["revision"] = recipe.model.revision
    if recipe.model.gguf:
        base["gguf_file"] = recipe.model.gguf
    return base


def load_config(recipe: Recipe) -> Any:
    """The base's configuration alone.

    Raises RecipeError where there is none, or where its logits are not what its head gives.
    """
    try:
        config = AutoConfig.from_pretrained(**source(recipe)).get_text_config()
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"model.base: {recipe.base_source()} cannot be read as a model "
            f"({str(error).splitlines()[0]}). Name a folder with a config.json, or a hub id that "
            "is in the cache or can be reached."
        ) from error
    refuse_changed_logits(config)
    return config


def refuse_changed_logits(config: Any) -> None:
    """Raises RecipeError where the logits are not what the output layer gives."""
    changed = [name for name in _LOGIT_CHANGES if getattr(config, name, None) not in (None, 1.0)]
    if changed:
        raise RecipeError(
            f"model.base: {config.model_type} changes its logits after the output layer "
            f"({', '.join(changed)}), which the chunked loss does not follow."
        )


def load_tokenizer(recipe: Recipe) -> Any:
    """The base's tokenizer. Raises RecipeError where it has no chat template."""
    try:
        tokenizer = _tokenizer(recipe)
    except (OSError, ValueError) as error:
        raise RecipeError(
            f"model.base: {recipe.base_source()} has no tokenizer ({str(error).splitlines()[0]})."
        ) from error
    if recipe.model.chat_template:
        path = recipe.path(recipe.model.chat_template)
        try:
            tokenizer.chat_template = path.read_text(encoding="utf-8")
        except OSError as error:
            raise RecipeError(f"model.chat_template: {path}: {error.strerror}.") from error
    if not tokenizer.chat_template:
        raise RecipeError(
            f"model.base: the tokenizer of {recipe.base_source()} has no chat template. "
            "Name an instruction-tuned model, or a template with model.chat_template."
        )
    return tokenizer


def _tokenizer(recipe: Recipe) -> Any:
    if recipe.model.gguf is None:
        return AutoTokenizer.from_pretrained(**source(recipe))
    kept = unpacked(recipe)
    if kept.is_dir():
        return AutoTokenizer.from_pretrained(kept)
    # Alone in its folder: beside a tokenizer.json the GGUF's special tokens would not be read.
    with tempfile.TemporaryDirectory() as alone:
        link = Path(alone) / recipe.model.gguf
        link.symlink_to((recipe.path(recipe.model.base) / recipe.model.gguf).resolve())
        return AutoTokenizer.from_pretrained(alone, gguf_file=recipe.model.gguf)


def pad_id(tokenizer: Any) -> int:
    """Any id does: padding comes after what counts and is never looked at."""
    return tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id


def attention_of(recipe: Recipe) -> str:
    """The attention that will run. Raises RecipeError where the one asked for is not installed."""
    installed = find_spec("flash_attn") is not None
    if recipe.attention == "flash_attention_2" and not installed:
        raise RecipeError(
            "attention: flash_attention_2 is asked for and the package flash-attn is not "
            "installed. Install it, or let attention be auto."
        )
    if recipe.attention == "auto":
        half = recipe.dtype == "bfloat16"
        return "flash_attention_2" if installed and on_gpu() and half else "sdpa"
    return recipe.attention


def load_model(recipe: Recipe) -> nn.Module:
    """The base, frozen, with a fresh adapter in float32 on top."""
    dtype = _dtype(recipe)
    arguments = {**source(recipe), "dtype": dtype, "attn_implementation": attention_of(recipe)}
    if on_gpu():
        arguments["device_map"] = {"": int(os.environ.get("LOCAL_RANK", "0"))}
    if recipe.lora.quantization == "nf4":
        arguments["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=dtype,
        )
    base = _base(recipe, arguments)
    refuse_changed_logits(base.config.get_text_config())
    base.config.use_cache = False
    return with_adapter(base, recipe)


def load_base(recipe: Recipe) -> Any:
    """The base without quantisation, in the computation's precision, on the CPU."""
    return _base(recipe, {**source(recipe), "dtype": _dtype(recipe)})


def _dtype(recipe: Recipe) -> torch.dtype:
    return torch.bfloat16 if recipe.dtype == "bfloat16" else torch.float32


def _base(recipe: Recipe, arguments: dict[str, Any]) -> Any:
    if recipe.model.gguf is None:
        return AutoModelForCausalLM.from_pretrained(**arguments)
    kept = unpacked(recipe)
    if not kept.is_dir():
        _unpack(recipe, arguments, kept)
    if kept.is_dir():
        others = {name: value for name, value in arguments.items() if name not in source(recipe)}
        return AutoModelForCausalLM.from_pretrained(kept, **others)
    return _from_gguf(arguments)


def unpacked(recipe: Recipe) -> Path:
    """Where a GGUF is kept as transformers saves models, beside it: reading one takes long."""
    assert recipe.model.gguf is not None
    file = recipe.path(recipe.model.base) / recipe.model.gguf
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return file.with_name(f".{file.name}.{digest[:16]}.{recipe.dtype}")


def _unpack(recipe: Recipe, arguments: dict[str, Any], target: Path) -> None:
    """Makes the folder as a whole, whoever else does; what cannot be written stays as it is."""
    try:
        temporary = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=target.parent))
    except OSError:
        return
    try:
        _from_gguf(arguments).save_pretrained(temporary)
        _tokenizer(recipe).save_pretrained(temporary)
        temporary.chmod(0o755)
        temporary.rename(target)
    except OSError as error:
        print(f"{target} is not kept: {error}", file=sys.stderr, flush=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _from_gguf(arguments: dict[str, Any]) -> Any:
    """A model that trains: one that is read from a GGUF does not, as it is marked as quantised."""
    read = AutoModelForCausalLM.from_pretrained(**arguments)
    config = copy.deepcopy(read.config)
    delattr(config, "quantization_config")
    attention = arguments.get("attn_implementation", "sdpa")
    fresh = AutoModelForCausalLM.from_config(
        config, dtype=arguments["dtype"], attn_implementation=attention
    )
    fresh.load_state_dict(read.state_dict())
    return fresh.to(read.device)


def with_adapter(base: Any, recipe: Recipe) -> nn.Module:
    """A LoRA adapter on the linear layers, drawn with the recipe's seed.

    peft's own preparation for k-bit training is left out on purpose: it widens embeddings and
    output layer to float32, 4 GB more for a vocabulary of 128 K, and norms compute in it anyway.
    """
    for parameter in base.parameters():
        parameter.requires_grad_(False)
    if recipe.gradient_checkpointing:
        base.enable_input_require_grads()
    torch.manual_seed(recipe.seed)
    return get_peft_model(base, lora_config(recipe))


def lora_config(recipe: Recipe) -> LoraConfig:
    """The recipe's adapter as peft takes it."""
    lora = recipe.lora
    return LoraConfig(
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules="all-linear" if lora.targets == "all_linear" else lora.targets,
        task_type="CAUSAL_LM",
    )


def merge(recipe: Recipe, adapter: Path, target: Path) -> None:
    """Writes the base with the adapter merged in, in the computation's precision, on the CPU.

    The base is loaded anew without quantisation: merging into 4 bits would round the adapter away.
    """
    from peft import PeftModel

    base = load_base(recipe)
    # peft types a method of every module as a possible tensor.
    merged = PeftModel.from_pretrained(base, str(adapter)).merge_and_unload()  # type: ignore[operator]
    merged.save_pretrained(target)
    load_tokenizer(recipe).save_pretrained(target)
