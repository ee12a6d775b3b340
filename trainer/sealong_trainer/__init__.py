"""ORPO and SFT with QLoRA and Ulysses sequence parallelism, as SEALONG trains (arXiv 2411.08147).

Read in this order: recipe, data, loss, model, preference_trainer, run; then plan and doctor.
"""

__version__ = "0.1.0"
