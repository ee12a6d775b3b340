"""What a run writes while it goes: metrics.jsonl, a line a step, and state.json."""

import json
import os
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class RunFiles:
    """Names within the folder of the recipe."""

    folder: Path

    @property
    def metrics(self) -> Path:
        return self.folder / "metrics.jsonl"

    @property
    def state(self) -> Path:
        return self.folder / "state.json"

    @property
    def environment(self) -> Path:
        return self.folder / "environment.txt"

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def adapter(self) -> Path:
        return self.folder / "adapter"

    @property
    def merged(self) -> Path:
        return self.folder / "merged"


def write_atomic(path: Path, text: str) -> None:
    """Readers see the old text or the new one, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


class State:
    """state.json: where the run is, for whoever follows it from another process or machine."""

    def __init__(self, path: Path):
        self.path = path
        self.values: dict[str, Any] = {"schema": 1, "phase": "starting", "step": 0, "of": None}

    def set(self, **changes: Any) -> None:
        """Writes the state with these values changed; `eta_s` holds for the step it came with."""
        self.values = {**self.values, "eta_s": None, "error": None, **changes}
        stamp = {"pid": os.getpid(), "host": socket.gethostname(), "at": _now()}
        write_atomic(self.path, json.dumps({**self.values, **stamp}) + "\n")


class Metrics:
    """metrics.jsonl. A resumed run takes back the lines after its checkpoint: a step has one."""

    def __init__(self, path: Path, resumed_at: int):
        self.path = path
        kept = [line for line in _lines(path) if _step(line) <= resumed_at]
        write_atomic(path, "".join(f"{line}\n" for line in kept))

    def add(self, record: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({**record, "at": _now()}) + "\n")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _step(line: str) -> float:
    try:
        return json.loads(line)["step"]
    except (ValueError, KeyError):
        # Torn by a kill: not a line of a step.
        return float("inf")


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
