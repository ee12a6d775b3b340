import json
from pathlib import Path

import pytest
from tiny import random_rows, tiny_base, tiny_tokenizer, write_recipe
from transformers import AutoModelForCausalLM, LlamaConfig

from sealong_trainer.doctor import examine
from sealong_trainer.errors import RecipeError
from sealong_trainer.flops import peak_flops, row_flops
from sealong_trainer.model import with_adapter
from sealong_trainer.plan import make_plan
from sealong_trainer.recipe import load_recipe

# Llama-3.1-8B's architecture: 8.03 G parameters.
LLAMA_8B = {
    "hidden_size": 4096,
    "intermediate_size": 14336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "vocab_size": 128256,
    "max_position_embeddings": 131072,
    "tie_word_embeddings": False,
}
PAPER = {
    "lora": {},
    "dtype": "bfloat16",
    "batch_size": 8,
    "epochs": 1,
    "max_length": 32768,
    "sequence_parallel": 8,
    "logits_chunk": 1024,
}


def config_only(folder: Path) -> Path:
    """A model that there is nothing of but its shape."""
    LlamaConfig(architectures=["LlamaForCausalLM"], **LLAMA_8B).save_pretrained(folder)
    tiny_tokenizer().save_pretrained(folder)
    return folder


def test_the_plan_counts_what_would_be_trained(tmp_path: Path) -> None:
    base = tiny_base(tmp_path / "base")
    recipe = load_recipe(write_recipe(tmp_path / "run", base, random_rows(7)))
    plan = make_plan(recipe, "h100")
    model = with_adapter(AutoModelForCausalLM.from_pretrained(base), recipe)
    trained = sum(p.numel() for p in model.parameters() if p.requires_grad)
    # peft types a method of every module as a possible tensor.
    whole = sum(p.numel() for p in model.get_base_model().parameters())  # type: ignore[operator]
    assert plan["parameters_trained"] == trained
    assert plan["parameters"] == whole - trained
    assert (plan["steps"], plan["forward_passes_a_step"]) == (4, 4)


def test_the_paper_s_setting_is_planned_from_the_configuration_alone(tmp_path: Path) -> None:
    base = config_only(tmp_path / "base")
    recipe = load_recipe(write_recipe(tmp_path / "run", base, random_rows(16), **PAPER))
    plan = make_plan(recipe, "h100")
    assert plan["parameters"] == 8_030_261_248
    # r 128 on all seven linear layers of 32 blocks.
    assert plan["parameters_trained"] == 335_544_320
    assert plan["memory_bytes"] < plan["memory_of_gpu"]
    assert plan["steps"] == 2


def test_heads_that_cannot_be_shared_are_refused_with_what_would_do(tmp_path: Path) -> None:
    base = config_only(tmp_path / "base")
    changes = {**PAPER, "sequence_parallel": 6, "batch_size": 6}
    recipe = load_recipe(write_recipe(tmp_path / "run", base, random_rows(6), **changes))
    with pytest.raises(RecipeError, match=r"sequence_parallel.*32 query and 8.*would do: 1, 2\."):
        make_plan(recipe, "h100")


def test_what_does_not_fit_is_refused_with_what_would(tmp_path: Path) -> None:
    base = config_only(tmp_path / "base")
    # 28 K words: dense attention fits one small GPU only if the sequence is shared.
    row = random_rows(1)[0]
    row["prompt"][0]["content"] = "w1 " * 28_000
    changes = {**PAPER, "sequence_parallel": 1, "batch_size": 1}
    recipe = load_recipe(write_recipe(tmp_path / "run", base, [row], **changes))
    with pytest.raises(RecipeError, match=r"needs about \d+ GB.*sequence_parallel \d+ on"):
        make_plan(recipe, "rtx4090")


def test_a_length_beyond_the_model_s_positions_is_refused(tmp_path: Path) -> None:
    base = config_only(tmp_path / "base")
    changes = {**PAPER, "max_length": 200_000}
    recipe = load_recipe(write_recipe(tmp_path / "run", base, random_rows(1), **changes))
    with pytest.raises(RecipeError, match=r"max_length.*131072"):
        make_plan(recipe, "h100")


def test_operations_are_those_counted_by_hand() -> None:
    config = LlamaConfig(**LLAMA_8B)
    # 2 operations a parameter forward, 2 backward by activations; attention by 32 layers.
    linear = 4 * 7_000_000_000 * 1000
    attention = 3 * 32 * (2 * 2 * 4096 * 1000 * 1000) / 2
    assert row_flops(config, 7_000_000_000, 0, 1000) == linear + attention


def test_gpus_are_known_by_the_name_that_cuda_gives() -> None:
    assert peak_flops("NVIDIA H100 80GB HBM3") == 989e12
    assert peak_flops("NVIDIA A100-SXM4-40GB") == 312e12
    assert peak_flops("NVIDIA GeForce RTX 4090") == 165e12
    assert peak_flops("Some Other") is None


def test_doctor_says_what_is_there_and_what_is_missing() -> None:
    found = examine()
    assert found["packages"]["torch"].startswith("2.")
    assert found["gpus"] == []
    assert any("GPU" in line for line in found["missing"])
    json.dumps(found)
