"""ORPO and SFT by the paper's formula (section 3.3), over answers that may lie on several GPUs.

    L_SFT  = -(1/|y|) sum_i log p(y_i | x, y_<i)
    L_OR   = -log sigmoid(log(odds(y_w|x) / odds(y_l|x))),  odds = p / (1 - p),
             log p(y|x) = (1/|y|) sum_i log p(y_i | x, y_<i)
    L_ORPO = L_SFT + beta * L_OR,  L_SFT over the chosen answer alone

Suffixes name shapes: P pairs, R rows (all chosen, then all rejected: 2P; P for SFT), L tokens of a
row on this rank, T answer tokens on this rank, H hidden size, V vocabulary.
"""

from dataclasses import dataclass
from typing import Any

import torch
import torch.distributed as dist
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

IGNORED = -100


class SumOverGroup(torch.autograd.Function):
    """Sums a tensor over the ranks that share a sequence; its backward is the identity.

    Each rank's gradient is then that of the whole loss by its own slice. Gradients of parameters
    are summed over the group by DeepSpeed (ZeRO 0 to 2), which gives those of one process.
    """

    @staticmethod
    def forward(ctx: Any, values: Tensor, group: Any) -> Tensor:
        total = values.clone()
        dist.all_reduce(total, group=group)
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        return grads[0], None


def row_sums(
    hidden_RLH: Tensor, head: nn.Module, labels_RL: Tensor, chunk: int, group: Any = None
) -> tuple[Tensor, Tensor]:
    """Sum of the answer's log-probabilities and number of its tokens, for each row.

    Only answer tokens go through `head`, `chunk` at a time and again in the backward pass, so that
    whole logits are never in memory: 64 K rows of 128 K float32 would be 33 GB. Labels are shifted
    already (`labels[r, l]` is the token after `l`), since a slice does not know the next one.
    `group` are the ranks whose slices make up the sequence: their sums and counts are added up
    here, before anything is divided.
    """
    answer_RL = labels_RL != IGNORED
    hidden_TH, labels_T = hidden_RLH[answer_RL], labels_RL[answer_RL]
    parts = [
        checkpoint(_token_logps, hidden, head, labels, use_reentrant=False)
        for hidden, labels in zip(hidden_TH.split(chunk), labels_T.split(chunk), strict=True)
    ]
    # A rank without answer tokens stays in the graph: its attention serves the others' tokens.
    logps_T = torch.cat(parts) if parts else hidden_TH.sum(-1).double()
    rows_T = answer_RL.nonzero()[:, 0]
    sums_R = logps_T.new_zeros(hidden_RLH.shape[0]).index_add(0, rows_T, logps_T)
    counts_R = answer_RL.sum(1)
    if group is not None:
        sums_R = SumOverGroup.apply(sums_R, group)
        dist.all_reduce(counts_R, group=group)
    return sums_R, counts_R


def _token_logps(hidden_TH: Tensor, head: nn.Module, labels_T: Tensor) -> Tensor:
    logits_TV = head(hidden_TH)
    if logits_TV.dtype in (torch.bfloat16, torch.float16):
        logits_TV = logits_TV.float()
    chosen_T = logits_TV.gather(-1, labels_T[:, None])[:, 0]
    # Sums over thousands of tokens, and odds near p = 1, need more than float32 has.
    return (chosen_T - logits_TV.logsumexp(-1)).double()


@dataclass(frozen=True)
class PairTerms:
    """One value a pair; those of the rejected answer are absent for SFT."""

    nll_P: Tensor
    logp_chosen_P: Tensor
    odds_loss_P: Tensor | None = None
    log_odds_P: Tensor | None = None
    logp_rejected_P: Tensor | None = None

    def loss_P(self, beta: float) -> Tensor:
        """L_ORPO of each pair, or L_SFT where there is no rejected answer."""
        return self.nll_P if self.odds_loss_P is None else self.nll_P + beta * self.odds_loss_P


def orpo_terms(sums_R: Tensor, counts_R: Tensor) -> PairTerms:
    """Terms of L_ORPO from sums over whole answers; float64 in and out."""
    chosen_P, rejected_P = (sums_R / counts_R).chunk(2)
    log_odds_P = log_odds(chosen_P) - log_odds(rejected_P)
    return PairTerms(
        nll_P=-chosen_P,
        logp_chosen_P=chosen_P.detach(),
        odds_loss_P=-F.logsigmoid(log_odds_P),
        log_odds_P=log_odds_P.detach(),
        logp_rejected_P=rejected_P.detach(),
    )


def sft_terms(sums_R: Tensor, counts_R: Tensor) -> PairTerms:
    """Terms of L_SFT, each answer normalised by its own length."""
    logp_P = sums_R / counts_R
    return PairTerms(nll_P=-logp_P, logp_chosen_P=logp_P.detach())


def log_odds(logp: Tensor) -> Tensor:
    """log(p / (1 - p)) from log p.

    Stable to the ends: log(1 - p) by expm1 near p = 1 and by log1p elsewhere. Where p is 1 to the
    last bit the odds are infinite; there they are taken as those of log p = -1e-12.
    """
    logp = logp.clamp(max=-1e-12)
    near_one = logp > -0.693
    # Both branches are evaluated: each gets an input that its gradient survives.
    safe_near = torch.where(near_one, logp, -0.5)
    safe_far = torch.where(near_one, -1.0, logp)
    log1m = torch.where(near_one, torch.log(-torch.expm1(safe_near)), torch.log1p(-safe_far.exp()))
    return logp - log1m
