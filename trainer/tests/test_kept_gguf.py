"""What is read from a GGUF once is kept beside it: reading one takes long."""

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from tiny import random_rows, tiny_base, tiny_tokenizer, write_recipe
from transformers import AutoModelForCausalLM, AutoTokenizer

from sealong_trainer import model
from sealong_trainer.recipe import load_recipe


@pytest.fixture
def gguf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A recipe on a GGUF, and how often it was read: reading is transformers', keeping is ours."""
    base = tiny_base(tmp_path / "base")
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "model.gguf").write_bytes(b"first")
    read: list[str] = []

    def from_gguf(arguments: dict) -> object:
        read.append(arguments["gguf_file"])
        return AutoModelForCausalLM.from_pretrained(base, dtype=arguments["dtype"])

    def tokenizer_of(source: str | Path, gguf_file: str | None = None) -> object:
        return tiny_tokenizer() if gguf_file else AutoTokenizer.from_pretrained(source)

    monkeypatch.setattr(model, "_from_gguf", from_gguf)
    monkeypatch.setattr(model, "AutoTokenizer", SimpleNamespace(from_pretrained=tokenizer_of))
    rows = random_rows(2)
    weights = {"base": str(folder), "gguf": "model.gguf"}
    recipe = load_recipe(write_recipe(tmp_path / "run", base, rows, model=weights))
    return recipe, folder, read


def kept_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name != "model.gguf")


def test_a_gguf_is_read_once_and_its_copy_is_the_same_model(gguf) -> None:
    recipe, folder, read = gguf
    first, again = model.load_base(recipe), model.load_base(recipe)
    assert read == ["model.gguf"]
    kept = model.unpacked(recipe)
    assert kept_in(folder) == [kept.name]
    states = [one.state_dict() for one in (first, again)]
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    # The tokenizer of the copy has the chat template, without which nothing is trained.
    assert model.load_tokenizer(recipe).chat_template == tiny_tokenizer().chat_template


def test_another_gguf_under_the_same_name_is_read_anew(gguf) -> None:
    recipe, folder, read = gguf
    model.load_base(recipe)
    (folder / "model.gguf").write_bytes(b"second")
    model.load_base(recipe)
    assert len(read) == 2
    assert len(kept_in(folder)) == 2


def test_where_nothing_can_be_kept_it_is_read_each_time(
    gguf, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe, folder, read = gguf

    def full(**_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model.tempfile, "mkdtemp", full)
    for _ in range(2):
        model.load_base(recipe)
    assert len(read) == 2
    assert kept_in(folder) == []


def test_a_copy_that_cannot_be_finished_leaves_nothing(gguf, capsys, monkeypatch) -> None:
    recipe, folder, read = gguf

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(model.Path, "rename", fail)
    model.load_base(recipe)
    assert len(read) == 2
    assert kept_in(folder) == []
    assert "is not kept: [Errno 28]" in capsys.readouterr().err
