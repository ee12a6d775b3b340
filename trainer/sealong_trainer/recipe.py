"""The recipe: one JSON file, checked against the schema that the extension and the command use."""

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft7Validator
from jsonschema.exceptions import ValidationError

from .errors import RecipeError

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).parent / "recipe.schema.json").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Model:
    base: str
    revision: str | None
    gguf: str | None
    chat_template: str | None


@dataclass(frozen=True)
class Data:
    pairs: str
    manifest: str | None


@dataclass(frozen=True)
class Lora:
    r: int
    alpha: int
    dropout: float
    targets: Literal["all_linear"] | list[str]
    quantization: Literal["nf4", "none"]


@dataclass(frozen=True)
class Schedule:
    kind: Literal["cosine", "linear", "constant"]
    warmup: float


@dataclass(frozen=True)
class Checkpoints:
    every_steps: int
    keep: int


@dataclass(frozen=True)
class Recipe:
    """Fields as recipe.schema.json describes them; `folder` is what its relative paths start at."""

    folder: Path
    name: str
    model: Model
    data: Data
    method: Literal["orpo", "sft"]
    beta: float
    sft_average: Literal["answer", "token"]
    lora: Lora
    epochs: int
    max_steps: int | None
    batch_size: int
    micro_batch_size: int
    learning_rate: float
    schedule: Schedule
    weight_decay: float
    adam_betas: list[float]
    max_grad_norm: float
    seed: int
    max_length: int
    too_long: Literal["drop", "refuse"]
    sequence_parallel: int
    gpus: int
    zero_stage: int
    dtype: Literal["bfloat16", "float32"]
    attention: Literal["auto", "flash_attention_2", "sdpa"]
    gradient_checkpointing: bool
    logits_chunk: int
    kernels: Literal["torch", "liger"]
    checkpoints: Checkpoints
    merge: bool
    track: Literal["none", "trackio", "wandb"]

    @property
    def data_parallel(self) -> int:
        """Groups of GPUs that each take other pairs."""
        return self.gpus // self.sequence_parallel

    @property
    def accumulation(self) -> int:
        """Forward passes of one group in an optimiser step."""
        return self.batch_size // (self.data_parallel * self.micro_batch_size)

    def path(self, text: str) -> Path:
        """A path of the recipe: relative ones start at the recipe's folder."""
        return self.folder / Path(text).expanduser()

    def base_source(self) -> str:
        """The base as transformers takes it: a folder where there is one, else a hub id."""
        folder = self.path(self.model.base)
        return str(folder.resolve()) if folder.is_dir() else self.model.base


def load_recipe(path: Path) -> Recipe:
    """Reads and checks a recipe.

    Raises RecipeError with every wrong field at once.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RecipeError(f"{path} cannot be read ({error.strerror}). Check the path.") from error
    try:
        values = json.loads(text)
    except ValueError as error:
        raise RecipeError(f"{path} is not valid JSON ({error}). Mend it.") from error
    wrong = wrong_fields(values)
    if wrong:
        lines = [f"{field}: {message}" for field, message in wrong]
        raise RecipeError(f"{path} has {len(wrong)} wrong value(s):\n  " + "\n  ".join(lines))
    return recipe_of(values, path.resolve().parent)


def wrong_fields(values: Any) -> list[tuple[str, str]]:
    """Every field that is wrong with what is wrong about it; contradictions once each is right."""
    errors = sorted(Draft7Validator(SCHEMA).iter_errors(values), key=lambda e: list(e.path))
    wrong = [entry for error in errors for entry in _entries(error)]
    return wrong or _contradictions(with_defaults(values))


def with_defaults(values: dict[str, Any]) -> dict[str, Any]:
    """The recipe with the schema's defaults written out."""
    return _fill(values, SCHEMA)


def recipe_of(values: dict[str, Any], folder: Path) -> Recipe:
    """Typed form of checked values."""
    full = with_defaults(values)
    kept = {key: value for key, value in full.items() if key in Recipe.__dataclass_fields__}
    model, data = full["model"], full["data"]
    kept["model"] = Model(
        model["base"], model.get("revision"), model.get("gguf"), model.get("chat_template")
    )
    kept["data"] = Data(data["pairs"], data.get("manifest"))
    kept["lora"] = Lora(**full["lora"])
    kept["schedule"] = Schedule(**full["schedule"])
    kept["checkpoints"] = Checkpoints(**full["checkpoints"])
    kept["max_steps"] = full.get("max_steps")
    kept["gpus"] = full.get("gpus", full["sequence_parallel"])
    return Recipe(folder=folder, **kept)


def _entries(error: ValidationError) -> list[tuple[str, str]]:
    place = [str(key) for key in error.absolute_path]
    # A wrong element makes its list wrong: what a user changes is the field.
    while place and place[-1].isdigit():
        place.pop()
    if error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known: Any = error.schema["properties"] if isinstance(error.schema, dict) else {}
        unknown = [key for key in error.instance if key not in known]
        return [(".".join([*place, key]), "is not known") for key in unknown]
    if error.validator == "required" and isinstance(error.instance, dict):
        required: Any = error.validator_value
        missing = [key for key in required if key not in error.instance]
        # jsonschema gives an error for each missing name: each takes its own.
        own = [key for key in missing if f"'{key}'" in error.message]
        return [(".".join([*place, key]), "is missing") for key in own]
    described: Any = error.schema if isinstance(error.schema, dict) else {}
    default = f" (default: {json.dumps(described['default'])})" if "default" in described else ""
    return [(".".join(place) or "the file", f"{error.message}{default}")]


def _contradictions(full: dict[str, Any]) -> list[tuple[str, str]]:
    """Values that are right alone and wrong together; src/training/recipe.ts has the same rules."""
    sequence, batch, micro = (
        full["sequence_parallel"],
        full["batch_size"],
        full["micro_batch_size"],
    )
    gpus = full.get("gpus", sequence)
    if "gguf" in full["model"] and full["lora"]["quantization"] != "none":
        message = 'must be "none" for weights that come from a GGUF (model.gguf)'
        return [("lora.quantization", message)]
    if gpus % sequence:
        message = f"{gpus} cannot be shared out in groups of sequence_parallel {sequence}"
        return [("gpus", message)]
    at_once = gpus // sequence * micro
    if batch % at_once:
        near = max(1, round(batch / at_once)) * at_once
        message = (
            f"{batch} is no multiple of the {at_once} that {gpus // sequence} group(s) of GPUs "
            f"take at once (micro_batch_size {micro}); {near} would do"
        )
        return [("batch_size", message)]
    return []


def _fill(values: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    filled = dict(values)
    for key, described in schema["properties"].items():
        if key not in filled and "default" in described:
            filled[key] = copy.deepcopy(described["default"])
        elif isinstance(filled.get(key), dict) and "properties" in described:
            filled[key] = _fill(filled[key], described)
    return filled
