"""transformers' Trainer with the loss of loss.py, the batches of data.py and exact resumption.

Suffixes name shapes: P pairs, R rows, L tokens of a row on this rank, H hidden size.
"""

import resource
import signal
import time
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments

from .data import Batches, Example
from .distributed import any_rank, on_gpu, sequence_group, summed
from .flops import peak_flops, row_flops
from .loss import PairTerms, orpo_terms, row_sums, sft_terms
from .recipe import Recipe

STATISTICS = ("loss", "nll", "odds_ratio_loss", "log_odds", "chosen", "rejected", "accuracy")


class StopRequest:
    """Set by SIGTERM (a scheduler's warning) and SIGUSR1; asked for after each forward pass."""

    def __init__(self) -> None:
        self.signal: str | None = None
        for number in (signal.SIGTERM, signal.SIGUSR1):
            signal.signal(number, self._set)

    def _set(self, number: int, _frame: Any) -> None:
        self.signal = signal.Signals(number).name


class PreferenceTrainer(Trainer):
    """Trains on micro-batches as data.Batches gives them.

    `report` gets one record a step; `saving` is called when a checkpoint begins to be written.
    """

    def __init__(
        self,
        model: Any,
        args: TrainingArguments,
        recipe: Recipe,
        batches: Batches,
        report: Callable[[dict[str, Any]], None],
        stop: StopRequest | None = None,
        saving: Callable[[], None] = lambda: None,
    ):
        super().__init__(model=model, args=args, train_dataset=_Steps(batches))
        self.recipe, self.batches, self.report, self.saving = recipe, batches, report, saving
        # The loss is divided by the whole step's pairs already.
        self.loss_is_scaled_for_ga = True
        self.causal = model.get_base_model()
        decoder = getattr(self.causal, self.causal.base_model_prefix)
        decoder.register_forward_hook(self._keep_hidden)
        self.hidden_RLH: Tensor | None = None
        self.sums = torch.zeros(len(STATISTICS), dtype=torch.float64)
        self.seen: list[Example] = []
        self.started = time.monotonic()
        self.stopped_by: str | None = None
        self._count_parameters()
        self.remove_callback(PrinterCallback)
        self.add_callback(_Steering(self, stop))
        if recipe.sequence_parallel > 1:
            # Our batches are slices already, cut so that a resumed run can start anywhere.
            self.accelerator.deepspeed_ulysses_dl_adapter = lambda dl, model: dl

    def get_train_dataloader(self) -> Any:
        return self.batches

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        self.saving()
        super()._save_checkpoint(model, trial)

    def _keep_hidden(self, _module: Any, _inputs: Any, output: Any) -> None:
        self.hidden_RLH = output.last_hidden_state

    def _load_optimizer_and_scheduler(self, checkpoint: str | None) -> None:
        super()._load_optimizer_and_scheduler(checkpoint)
        # The optimiser comes with the rate of the checkpoint's schedule; a longer run's is another.
        scheduler: Any = getattr(self.lr_scheduler, "scheduler", self.lr_scheduler)
        if checkpoint is None or not hasattr(scheduler, "lr_lambdas"):
            return
        groups = scheduler.optimizer.param_groups
        for group, share, base in zip(
            groups, scheduler.lr_lambdas, scheduler.base_lrs, strict=True
        ):
            group["lr"] = base * share(scheduler.last_epoch)
        scheduler._last_lr = [group["lr"] for group in groups]

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """This rank's part of the step's loss: the parts of all ranks and passes add up to it.

        Data-parallel ranks average their gradients, hence the factor.
        """
        recipe = self.recipe
        # Through the wrappers (DeepSpeed, DDP, peft), with logits of one position only.
        model(
            input_ids=inputs["input_ids"],
            position_ids=inputs["position_ids"],
            use_cache=False,
            logits_to_keep=1,
        )
        assert self.hidden_RLH is not None
        sums_R, counts_R = row_sums(
            self.hidden_RLH,
            self.causal.get_output_embeddings(),
            inputs["shift_labels"],
            recipe.logits_chunk,
            sequence_group(recipe.sequence_parallel),
        )
        self.hidden_RLH = None
        weights_P = inputs["weights_P"]
        if recipe.method == "sft":
            terms = sft_terms(sums_R, counts_R)
        else:
            terms = orpo_terms(sums_R, counts_R)
        share_P = weights_P / inputs["step_pairs"]
        if recipe.method == "sft" and recipe.sft_average == "token":
            share_P = weights_P * counts_R / inputs["step_answer_tokens"]
        loss_P = terms.loss_P(recipe.beta)
        # A slot without a pair repeats one: 0 times it, never 0 times infinity.
        loss = torch.where(weights_P > 0, loss_P * share_P, 0 * loss_P).sum()
        self._add_statistics(terms, share_P, loss)
        return loss * recipe.data_parallel

    def _add_statistics(self, terms: PairTerms, share_P: Tensor, loss: Tensor) -> None:
        beta = self.recipe.beta
        chosen_P = terms.logp_chosen_P
        rejected_P = torch.zeros_like(chosen_P)
        log_odds_P = odds_loss_P = rejected_P
        if terms.logp_rejected_P is not None:
            rejected_P, log_odds_P = terms.logp_rejected_P, terms.log_odds_P
            odds_loss_P = terms.odds_loss_P
        columns = [
            terms.nll_P,
            odds_loss_P,
            log_odds_P,
            beta * chosen_P,
            beta * rejected_P,
            chosen_P > rejected_P,
        ]
        means = [(column.detach() * share_P).sum() for column in columns if column is not None]
        self.sums += torch.stack([loss.detach(), *means]).to(self.sums)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Called after each step, with gradient norm and rate; adds ours and reports them."""
        if "grad_norm" in logs:
            logs.update(self._step_record(logs))
            self.report({"step": self.state.global_step, **logs})
        super().log(logs, start_time)

    def _step_record(self, logs: dict[str, float]) -> dict[str, Any]:
        # Ranks that share a sequence have the same sums.
        mean = summed(self.sums.to(self.args.device)) / self.recipe.sequence_parallel
        self.sums = torch.zeros_like(self.sums)
        values = dict(zip(STATISTICS, mean.tolist(), strict=True))
        batch = self.batches.batch(self.state.global_step - 1)
        tokens = sum(example.tokens for example in batch)
        seconds, self.started = time.monotonic() - self.started, time.monotonic()
        record: dict[str, Any] = {
            "loss": values["loss"],
            "nll": values["nll"],
            "grad_norm": float(logs.pop("grad_norm")),
            "lr": float(logs.pop("learning_rate")),
            "tokens": tokens,
            "tokens_per_s": tokens / seconds,
            "memory_bytes": _memory_peak(),
            "mfu": self._mfu(batch, seconds),
        }
        if self.recipe.method == "orpo":
            record |= {
                "odds_ratio_loss": values["odds_ratio_loss"],
                "log_odds": values["log_odds"],
                "reward_chosen": values["chosen"],
                "reward_rejected": values["rejected"],
                "margin": values["chosen"] - values["rejected"],
                "accuracy": values["accuracy"],
            }
        return record

    def _count_parameters(self) -> None:
        self.lora_parameters = sum(p.numel() for p in self.causal.parameters() if p.requires_grad)
        layers = [m for m in self.causal.modules() if hasattr(m, "lora_A")]
        self.linear_parameters = sum(m.in_features * m.out_features for m in layers)

    def _mfu(self, batch: list[Example], seconds: float) -> float | None:
        """Share of the GPUs' peak that the step's necessary operations make; None on a CPU."""
        peak = peak_flops(torch.cuda.get_device_name()) if on_gpu() else None
        if peak is None:
            return None
        rows = [
            len(example.prompt) + len(answer)
            for example in batch
            for answer in (example.chosen, example.rejected)
            if len(answer)
        ]
        config = self.causal.config
        needed = sum(
            row_flops(config, self.linear_parameters, self.lora_parameters, n) for n in rows
        )
        return needed / seconds / (peak * self.recipe.gpus)


class _Steps(torch.utils.data.IterableDataset):
    """The Trainer asks for a dataset; what it gets is Batches, whose length it need not know."""

    def __init__(self, batches: Batches):
        self.batches = batches

    def __iter__(self) -> Any:
        return iter(self.batches)


class _Steering(TrainerCallback):
    """Seeds each step, and stops with a checkpoint where a signal asked for it."""

    def __init__(self, trainer: PreferenceTrainer, stop: StopRequest | None):
        self.trainer, self.stop = trainer, stop

    def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        # Dropout by step and rank: a resumed run draws what the uninterrupted one would have.
        seed = self.trainer.recipe.seed * 1_000_003 + state.global_step * 1_009 + args.process_index
        torch.manual_seed(seed)

    def on_substep_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._maybe_stop(args, control)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._maybe_stop(args, control)

    def _maybe_stop(self, args: Any, control: Any) -> None:
        if self.stop is None or not any_rank(self.stop.signal is not None, args.device):
            return
        # In the middle of a step what was added up is lost: the step is done again from its start.
        self.trainer.stopped_by = self.stop.signal or "a signal to another rank"
        control.should_training_stop = True
        control.should_save = True


def _memory_peak() -> int:
    """Peak bytes: of the GPU where there is one, of this process else."""
    if on_gpu():
        return torch.cuda.max_memory_allocated()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
