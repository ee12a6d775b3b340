"""Starts the processes of a run on this machine, and passes signals on to them."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from .errors import DONE, FAILED, STOPPED
from .progress import RunFiles, State
from .recipe import Recipe

# After one process has failed the others wait for it in a collective for ever.
GRACE_S = 20


def is_worker() -> bool:
    """Whether a launcher (this one, torchrun or a batch system) has given this process a rank."""
    return "RANK" in os.environ and "WORLD_SIZE" in os.environ


def launch(recipe_path: Path, recipe: Recipe) -> int:
    """Runs `recipe.gpus` processes to their end; gives the exit code of the run (errors.py)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shared = {
        **os.environ,
        "WORLD_SIZE": str(recipe.gpus),
        "LOCAL_WORLD_SIZE": str(recipe.gpus),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    shared.setdefault("OMP_NUM_THREADS", "1")
    command = [sys.executable, "-m", "sealong_trainer", str(recipe_path)]
    ranks = [
        subprocess.Popen(command, env={**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)})
        for rank in range(recipe.gpus)
    ]

    def forward(number: int, _frame: object) -> None:
        for process in ranks:
            process.send_signal(number)

    for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
        signal.signal(number, forward)
    codes = _wait(ranks)
    wrong = [f"rank {rank} ended with {code}" for rank, code in codes.items() if code not in _FINE]
    if wrong:
        state = State(RunFiles(recipe.folder).state)
        state.set(phase="failed", error=f"{'; '.join(wrong)}: the log says why.")
        refused = next((code for code in codes.values() if code > 0 and code != FAILED), FAILED)
        return refused if refused not in _FINE else FAILED
    return max(codes.values())


_FINE = (DONE, STOPPED)


def _wait(ranks: list[subprocess.Popen]) -> dict[int, int]:
    """Exit code of each rank, in the order in which they ended."""
    codes: dict[int, int] = {}
    deadline = float("inf")
    while len(codes) < len(ranks):
        for rank, process in enumerate(ranks):
            if rank not in codes and (code := process.poll()) is not None:
                codes[rank] = code
                if code not in _FINE:
                    deadline = min(deadline, time.monotonic() + GRACE_S)
        if time.monotonic() > deadline:
            for rank, process in enumerate(ranks):
                if rank not in codes:
                    process.kill()
        time.sleep(0.05)
    return codes
