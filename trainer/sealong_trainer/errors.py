"""Errors that a user can act on, and what the process ends with."""


class TrainerError(Exception):
    """What is wrong, where, and what to do. Shown without a stack."""


class RecipeError(TrainerError):
    """A recipe that cannot be followed: found before a model is loaded."""


DONE = 0
FAILED = 1
REFUSED = 2
# A signal asked to stop: a checkpoint is saved, and the same command goes on from it.
STOPPED = 75
