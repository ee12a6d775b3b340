import json
from dataclasses import fields
from pathlib import Path

import pytest

from sealong_trainer.errors import RecipeError
from sealong_trainer.recipe import (
    SCHEMA,
    Checkpoints,
    Lora,
    Recipe,
    Schedule,
    load_recipe,
    wrong_fields,
)

# The extension's schema is tested against the same cases (test/unit/training/recipe.test.ts).
CASES = json.loads((Path(__file__).parent / "recipe_cases.json").read_text())


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_recipe_is_refused_by_the_fields_that_are_wrong(case: dict) -> None:
    wrong = wrong_fields({**CASES["base"], **case["change"]})
    assert {field for field, _ in wrong} == set(case["wrong"])


def test_every_wrong_value_is_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps({"model": {}, "beta": -1, "lora": {"r": 0}}))
    with pytest.raises(RecipeError) as refused:
        load_recipe(path)
    for field in ["model.base: is missing", "data: is missing", "beta: -1", "lora.r: 0"]:
        assert field in str(refused.value)


def test_text_that_is_no_json_says_where(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    path.write_text("{")
    with pytest.raises(RecipeError, match="not valid JSON"):
        load_recipe(path)


def test_the_paper_s_values_are_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "recipe.json"
    path.write_text(json.dumps(CASES["base"]))
    recipe = load_recipe(path)
    assert (recipe.method, recipe.beta, recipe.epochs) == ("orpo", 0.1, 1)
    assert recipe.lora == Lora(128, 128, 0.05, "all_linear", "nf4")
    assert (recipe.batch_size, recipe.learning_rate, recipe.max_length) == (8, 5e-5, 32768)
    assert (recipe.sequence_parallel, recipe.gpus, recipe.accumulation) == (8, 8, 8)
    assert recipe.schedule == Schedule("cosine", 0.05)
    assert (recipe.weight_decay, recipe.max_grad_norm) == (0.1, 1)


def test_typed_fields_are_those_of_the_schema() -> None:
    described = set(SCHEMA["properties"]) - {"$schema", "schema", "packing"} | {"folder"}
    assert {field.name for field in fields(Recipe)} == described
    for name, kind in [("lora", Lora), ("schedule", Schedule), ("checkpoints", Checkpoints)]:
        assert {f.name for f in fields(kind)} == set(SCHEMA["properties"][name]["properties"])
