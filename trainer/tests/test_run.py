"""Whole runs of one process."""

import json
import os
import signal
from pathlib import Path

import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from tiny import metrics_of, random_rows, text_row, tiny_base, write_recipe
from transformers import AutoModelForCausalLM

from sealong_trainer import run as run_module
from sealong_trainer.__main__ import run
from sealong_trainer.errors import DONE, FAILED, REFUSED, STOPPED
from sealong_trainer.progress import Metrics, State

OWN = {"tokens_per_s", "memory_bytes", "mfu", "at"}


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_base(tmp_path_factory.mktemp("base"))


def adapter_of(recipe: Path) -> dict[str, torch.Tensor]:
    return load_file(recipe.parent / "adapter" / "adapter_model.safetensors")


def state_of(recipe: Path) -> dict:
    return json.loads((recipe.parent / "state.json").read_text())


def assert_same(one: Path, other: Path, tolerance: float) -> None:
    """Every step's metrics and the adapter in the end."""
    ours, theirs = metrics_of(one), metrics_of(other)
    assert [record["step"] for record in ours] == [record["step"] for record in theirs]
    for a, b in zip(ours, theirs, strict=True):
        assert {k: a[k] for k in a.keys() - OWN} == pytest.approx(
            {k: b[k] for k in b.keys() - OWN}, abs=tolerance
        )
    for name, weight in adapter_of(other).items():
        torch.testing.assert_close(adapter_of(one)[name], weight, atol=tolerance, rtol=0)


def test_accumulated_passes_equal_the_big_batch(tmp_path: Path, base: Path) -> None:
    # Seven pairs: the last batch of an epoch is smaller, and rows differ in length.
    rows = random_rows(7)
    paths = [
        write_recipe(tmp_path / str(size), base, rows, micro_batch_size=size) for size in (1, 2, 4)
    ]
    assert [run([str(path)]) for path in paths] == [DONE] * 3
    assert_same(paths[0], paths[2], 1e-5)
    assert_same(paths[1], paths[2], 1e-5)


def test_that_a_checkpoint_is_being_written_is_said(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    phases: list[str] = []
    write = State.set

    def noted(state: State, **changes: object) -> None:
        phases.append(str(changes["phase"]))
        write(state, **changes)

    monkeypatch.setattr(State, "set", noted)
    path = write_recipe(
        tmp_path / "run", base, random_rows(8), max_steps=3, checkpoints={"every_steps": 2}
    )
    assert run([str(path)]) == DONE
    saved = ["checkpointing", "training"]
    assert phases == [
        "loading",
        "training",
        "training",
        *saved,
        "training",
        *saved,
        "saving",
        "done",
    ]


@pytest.mark.parametrize("average", ["answer", "token"])
def test_sft_by_passes_equals_the_big_batch(tmp_path: Path, base: Path, average: str) -> None:
    rows = random_rows(5)
    changes = {"method": "sft", "sft_average": average, "epochs": 1}
    paths = [
        write_recipe(tmp_path / str(size), base, rows, micro_batch_size=size, **changes)
        for size in (1, 4)
    ]
    assert [run([str(path)]) for path in paths] == [DONE] * 2
    assert_same(paths[0], paths[1], 1e-5)
    assert "margin" not in metrics_of(paths[0])[0]


def test_a_stopped_run_goes_on_as_if_it_had_not_been_stopped(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = random_rows(9)
    # Dropout draws from the generator's state, which has to be that of the step.
    lora = {"r": 4, "alpha": 8, "dropout": 0.2, "quantization": "none"}
    whole = write_recipe(tmp_path / "whole", base, rows, lora=lora)
    assert run([str(whole)]) == DONE

    stopped = write_recipe(tmp_path / "stopped", base, rows, lora=lora)
    add = Metrics.add

    def add_and_signal(self: Metrics, record: dict) -> None:
        add(self, record)
        if record["step"] == 2:
            os.kill(os.getpid(), signal.SIGUSR1)

    with monkeypatch.context() as patch:
        patch.setattr(Metrics, "add", add_and_signal)
        assert run([str(stopped)]) == STOPPED
    assert state_of(stopped)["phase"] == "stopped"
    assert len(metrics_of(stopped)) == 2
    # A line that a kill left torn, and one of a step after the checkpoint, are taken back.
    with (stopped.parent / "metrics.jsonl").open("a") as file:
        file.write('{"step": 3, "loss": 99}\n{"step": 4, "lo')
    assert run([str(stopped)]) == DONE
    assert_same(stopped, whole, 0)
    last = {k: v for k, v in state_of(stopped).items() if k not in ("pid", "host", "at")}
    said = {"schema": 1, "phase": "done", "step": 6, "of": 6, "eta_s": None, "error": None}
    assert last == said


def test_a_signal_within_a_step_does_the_step_again(
    tmp_path: Path, base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = random_rows(8)
    whole = write_recipe(tmp_path / "whole", base, rows, epochs=1)
    assert run([str(whole)]) == DONE
    stopped = write_recipe(tmp_path / "stopped", base, rows, epochs=1)
    passes = 0
    collate = run_module.PreferenceTrainer.compute_loss

    def count_and_signal(*arguments, **named):
        nonlocal passes
        passes += 1
        if passes == 6:
            os.kill(os.getpid(), signal.SIGTERM)
        return collate(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(run_module.PreferenceTrainer, "compute_loss", count_and_signal)
        assert run([str(stopped)]) == STOPPED
    assert passes == 6
    assert run([str(stopped)]) == DONE
    assert_same(stopped, whole, 0)


def test_orpo_raises_the_margin_of_pairs_that_can_be_told_apart(tmp_path: Path, base: Path) -> None:
    rows = [text_row(f"w{n}", "w80 w81", "w82 w83") for n in range(8)]
    path = write_recipe(tmp_path / "run", base, rows, epochs=6, batch_size=8)
    assert run([str(path)]) == DONE
    first, *_, last = metrics_of(path)
    assert last["margin"] > first["margin"] + 0.01
    assert last["log_odds"] > first["log_odds"] + 1
    assert last["accuracy"] == 1
    assert last["nll"] < first["nll"]


def test_the_adapter_is_peft_s_own_and_merges_to_the_same_model(tmp_path: Path, base: Path) -> None:
    manifest = {"study": {"name": "Isle | of Ondrey"}, "scorer": "mbr_embedding", "counts": {}}
    folder = tmp_path / "run"
    data = {"pairs": "pairs.jsonl", "manifest": "manifest.json"}
    path = write_recipe(folder, base, random_rows(4), merge=True, data=data, epochs=3)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert run([str(path)]) == DONE
    ids = torch.tensor([[1, 7, 9, 23]])
    plain = AutoModelForCausalLM.from_pretrained(base)
    merged = AutoModelForCausalLM.from_pretrained(folder / "merged")
    before = plain(ids).logits
    adapted = PeftModel.from_pretrained(plain, str(folder / "adapter"))(ids).logits
    torch.testing.assert_close(merged(ids).logits, adapted, atol=1e-4, rtol=1e-4)
    assert (adapted - before).abs().max() > 1e-3
    card = (folder / "adapter" / "README.md").read_text()
    assert "Isle \\| of Ondrey" in card
    assert "data-manifest.json" in card
    assert json.loads((folder / "adapter" / "data-manifest.json").read_text()) == manifest


def test_qlora_trains_on_a_quantised_base(tmp_path: Path, base: Path) -> None:
    lora = {"r": 4, "alpha": 8, "dropout": 0, "quantization": "nf4"}
    path = write_recipe(tmp_path / "run", base, random_rows(4), lora=lora, epochs=1, max_steps=1)
    assert run([str(path)]) == DONE
    assert metrics_of(path)[0]["grad_norm"] > 0


def test_checkpoints_of_another_recipe_are_not_gone_on_from(
    tmp_path: Path, base: Path, capsys: pytest.CaptureFixture
) -> None:
    rows = random_rows(4)
    write_recipe(tmp_path / "run", base, rows, epochs=1)
    path = tmp_path / "run" / "recipe.json"
    assert run([str(path)]) == DONE
    write_recipe(tmp_path / "run", base, rows, epochs=1, beta=0.5)
    assert run([str(path)]) == REFUSED
    assert "another recipe" in capsys.readouterr().err


def test_a_longer_recipe_goes_on_from_the_end_of_a_shorter_one(
    tmp_path: Path, base: Path, capsys: pytest.CaptureFixture
) -> None:
    rows = random_rows(4)
    path = write_recipe(tmp_path / "run", base, rows, epochs=2)
    assert run([str(path)]) == DONE
    steps = len(metrics_of(path))
    write_recipe(tmp_path / "run", base, rows, epochs=4)
    assert run([str(path)]) == DONE
    assert [record["step"] for record in metrics_of(path)] == list(range(1, 2 * steps + 1))
    # On the rest of its own schedule, not on the end of the other's.
    assert metrics_of(path)[steps]["lr"] > 0
    write_recipe(tmp_path / "run", base, rows, epochs=1)
    assert run([str(path)]) == REFUSED
    assert "ends after" in capsys.readouterr().err


def test_what_a_run_was_made_with_is_written_down(tmp_path: Path, base: Path) -> None:
    path = write_recipe(tmp_path / "run", base, random_rows(2), epochs=1)
    assert run([str(path)]) == DONE
    lines = (path.parent / "environment.txt").read_text().splitlines()
    assert lines[0].startswith("python 3.")
    assert f"torch=={torch.__version__.split('+')[0]}" in [line.split("+")[0] for line in lines]


def test_what_is_wrong_is_said_and_kept_in_the_state(
    tmp_path: Path, base: Path, capsys: pytest.CaptureFixture
) -> None:
    path = write_recipe(tmp_path / "run", base, [])
    assert run([str(path)]) == REFUSED
    assert "gives no pair" in capsys.readouterr().err
    assert state_of(path)["phase"] == "failed"
    assert "gives no pair" in state_of(path)["error"]
    path = write_recipe(tmp_path / "run", tmp_path / "nowhere", [])
    assert run([str(path)]) == REFUSED
    assert "model.base" in capsys.readouterr().err
    assert FAILED != REFUSED
