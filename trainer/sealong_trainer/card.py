"""The adapter's model card: what it was made from and how, with the data's manifest beside it."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import __version__
from .data import Examples
from .recipe import Recipe

MANIFEST = "data-manifest.json"


def write_card(
    folder: Path, recipe: Recipe, examples: Examples, history: list[dict[str, Any]]
) -> None:
    """README.md and, where the recipe names one, the manifest of the pairs."""
    manifest: dict[str, Any] = {}
    if recipe.data.manifest:
        source = recipe.path(recipe.data.manifest)
        manifest = json.loads(source.read_text(encoding="utf-8"))
        shutil.copyfile(source, folder / MANIFEST)
    settings = asdict(recipe)
    for own in ("folder", "model", "data", "name"):
        del settings[own]
    last = next((record for record in reversed(history) if "nll" in record), {})
    lines = [
        "---",
        f"base_model: {json.dumps(recipe.model.base)}",
        "library_name: peft",
        f"tags: [sealong, {recipe.method}, lora]",
        "---",
        "",
        f"# {recipe.name}",
        "",
        f"A LoRA adapter for `{recipe.model.base}`, trained with {recipe.method.upper()} on "
        "preference pairs made by SEALONG (arXiv 2411.08147): answers that the model itself "
        "sampled over long contexts, chosen by their agreement with the others.",
        "",
        "## Data",
        "",
        *_table({**examples.summary(), **_from_manifest(manifest)}),
        "",
        "## Recipe",
        "",
        *_table(settings),
        "",
        "## Last step",
        "",
        *_table({k: last[k] for k in ("step", "loss", "nll", "margin", "accuracy") if k in last}),
        "",
        f"Made by sealong_trainer {__version__}.",
        "",
    ]
    (folder / "README.md").write_text("\n".join(lines), encoding="utf-8")


def _from_manifest(manifest: dict[str, Any]) -> dict[str, Any]:
    if not manifest:
        return {}
    study = manifest.get("study", {})
    return {
        "study": study.get("name"),
        "sampling": manifest.get("sampling"),
        "scorer": manifest.get("scorer"),
        "pair policy": manifest.get("policy"),
        "counts": manifest.get("counts"),
        "reviewers": manifest.get("reviewers"),
        "manifest": f"[{MANIFEST}]({MANIFEST})",
    }


def _table(values: dict[str, Any]) -> list[str]:
    rows = [f"| {name} | {_cell(value)} |" for name, value in values.items()]
    return ["| what | value |", "| --- | --- |", *rows]


def _cell(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    # A value of the study must not end the table's cell.
    return text.replace("|", "\\|").replace("\n", " ")
