"""Whole runs of several processes against one: metrics of each step and the adapter."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_run import adapter_of, assert_same, state_of
from tiny import metrics_of, random_rows, tiny_base, write_recipe

from sealong_trainer.__main__ import run
from sealong_trainer.errors import DONE, FAILED, STOPPED

PACKAGE = str(Path(__file__).parents[1])


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of one process, its base beside it."""
    folder = tmp_path_factory.mktemp("single")
    path = write_recipe(folder / "run", tiny_base(folder / "base"), random_rows(7))
    assert run([str(path)]) == DONE
    # The unclipped norm is compared as well, and clipping has something to do.
    assert max(record["grad_norm"] for record in metrics_of(path)) > 1
    return path


def start(recipe: Path) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "sealong_trainer", str(recipe)],
        env={**os.environ, "PYTHONPATH": PACKAGE},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"gpus": 2, "zero_stage": 0},
        {"gpus": 2, "zero_stage": 1},
        {"sequence_parallel": 2, "gpus": 4, "zero_stage": 2},
    ],
    ids=["2 of data", "2 of data with ZeRO 1", "2 of data by 2 of sequence with ZeRO 2"],
)
def test_several_processes_equal_one(tmp_path: Path, single: Path, changes: dict) -> None:
    path = write_recipe(tmp_path / "run", single.parents[1] / "base", random_rows(7), **changes)
    process = start(path)
    output, _ = process.communicate(timeout=400)
    assert process.returncode == DONE, output
    assert_same(path, single, 1e-5)


def test_a_shared_sequence_stops_at_a_signal_and_goes_on(tmp_path: Path, single: Path) -> None:
    base = single.parents[1] / "base"
    changes = {"sequence_parallel": 2, "epochs": 12}
    path = write_recipe(tmp_path / "run", base, random_rows(7), **changes)
    whole = write_recipe(tmp_path / "whole", base, random_rows(7), epochs=12)
    process = start(path)
    metrics = path.parent / "metrics.jsonl"
    while process.poll() is None and not (metrics.exists() and metrics.read_text()):
        time.sleep(0.02)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=400)
    assert process.returncode == STOPPED, output
    assert state_of(path)["phase"] == "stopped"
    done = len(metrics_of(path))
    assert 0 < done < 24
    process = start(path)
    output, _ = process.communicate(timeout=400)
    assert process.returncode == DONE, output
    assert run([str(whole)]) == DONE
    assert_same(path, whole, 1e-3)
    assert adapter_of(path).keys() == adapter_of(whole).keys()


def test_a_process_that_dies_ends_the_run_and_is_named(tmp_path: Path, single: Path) -> None:
    path = write_recipe(
        tmp_path / "run", single.parents[1] / "base", random_rows(7), gpus=2, epochs=200
    )
    process = start(path)
    state = path.parent / "state.json"
    while not (state.exists() and json.loads(state.read_text())["phase"] == "training"):
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    os.kill(int(children[1]), signal.SIGKILL)
    process.communicate(timeout=400)
    assert process.returncode == FAILED
    assert "rank 1 ended with -9" in state_of(path)["error"]
