import json
import sys

import pytest
import torch

from sealong_trainer import bench


def test_the_harness_measures_both_ways_of_a_step(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    monkeypatch.setattr(bench, "ANSWER_TOKENS", 16)
    argv = ["bench", "--shape", "tiny", "--length", "64", "--steps", "1"]
    monkeypatch.setattr(sys, "argv", argv)
    torch.manual_seed(0)
    bench.main()
    figures = json.loads(capsys.readouterr().out)
    assert figures["device"] == "CPU"
    assert figures["ours"]["length"] == figures["plain"]["length"] == 64
    assert figures["ours"]["tokens_per_s"] > 0
    # On a CPU nothing is claimed of a GPU.
    assert figures["ours"]["mfu"] is None
