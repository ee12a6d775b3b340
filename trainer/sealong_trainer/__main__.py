"""python -m sealong_trainer RECIPE.json [--plan [--hardware NAME]] | doctor"""

import argparse
import fcntl
import os
import signal
import sys
from pathlib import Path
from typing import Any

from .errors import DONE, FAILED, REFUSED, STOPPED, RecipeError, TrainerError
from .recipe import load_recipe


def run(argv: list[str] | None = None) -> int:
    """Does what the command line asks for; gives the exit code (errors.py)."""
    arguments = _parser().parse_args(argv)
    try:
        if arguments.recipe == "doctor":
            from .doctor import doctor

            return doctor()
        path = Path(arguments.recipe)
        recipe = load_recipe(path)
        if arguments.plan:
            from .plan import print_plan

            print_plan(recipe, arguments.hardware)
            return DONE
        from .launch import is_worker, launch

        for number in (signal.SIGTERM, signal.SIGUSR1):
            # Until training takes over there is nothing to save.
            signal.signal(number, lambda *_: sys.exit(STOPPED))
        _own = None if is_worker() else _take(recipe.folder)
        if recipe.gpus > 1 and not is_worker():
            return launch(path, recipe)
        world = int(os.environ.get("WORLD_SIZE", "1"))
        if world != recipe.gpus:
            raise RecipeError(
                f"gpus: the recipe is for {recipe.gpus} process(es) and the launcher started "
                f"{world}. Make them equal."
            )
        # torch and transformers take seconds to import: a wrong recipe is refused before.
        from .run import run as train

        return train(recipe)
    except TrainerError as error:
        print(f"sealong_trainer: {error}", file=sys.stderr)
        return REFUSED if isinstance(error, RecipeError) else FAILED


def _take(folder: Path) -> Any:
    """Keeps a second trainer out of the folder for as long as this process lives."""
    file = (folder / ".trainer.lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise TrainerError(
            f"Another trainer runs in {folder}. Wait for it, or stop it with SIGTERM."
        ) from error
    except OSError:
        # A file system without locks; the scheduler has to keep jobs apart there.
        return None
    return file


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sealong_trainer",
        description="ORPO and SFT with QLoRA and Ulysses sequence parallelism (arXiv 2411.08147).",
        epilog="Exit codes: 0 done, 1 failed, 2 refused, 75 stopped by a signal with a checkpoint.",
    )
    parser.add_argument("recipe", help="a recipe, or the word doctor")
    parser.add_argument("--plan", action="store_true", help="say what it would do, without a GPU")
    parser.add_argument("--hardware", default="h100", help="GPU to plan for (default: %(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(run())
