"""What a run was made with, for whoever asks later where its adapter comes from."""

import os
import platform
from importlib.metadata import distributions
from pathlib import Path

import torch

from .progress import write_atomic

# Where containers say which they are.
CONTAINERS = ("APPTAINER_CONTAINER", "SINGULARITY_CONTAINER", "SLURM_CONTAINER", "CONTAINER_IMAGE")


def write_environment(path: Path) -> None:
    """Python, container and GPUs, then every package as `name==version`, in a fixed order."""
    write_atomic(path, "".join(f"{line}\n" for line in environment_lines()))


def environment_lines() -> list[str]:
    about = [f"python {platform.python_version()} on {platform.machine()}"]
    about += [f"container {os.environ[name]}" for name in CONTAINERS if os.environ.get(name)][:1]
    if torch.cuda.is_available():
        about.append(f"cuda {torch.version.cuda}")
        about += [
            f"gpu {torch.cuda.get_device_name(number)}"
            for number in range(torch.cuda.device_count())
        ]
    packages = {f"{found.metadata['Name']}=={found.version}" for found in distributions()}
    return [*about, *sorted(packages)]
