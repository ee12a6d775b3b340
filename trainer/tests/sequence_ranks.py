"""One rank of a comparison: loss and every gradient under Ulysses against one process.

Run by test_sequence_parallel.py, which reads the greatest differences that it prints.
"""

import json
import sys
from typing import Any

import deepspeed
import torch
import torch.distributed as dist
from deepspeed.runtime.sequence_parallel.ulysses_sp import UlyssesSPAttentionHF
from tiny import hidden_states, tiny_model, tiny_pairs
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from sealong_trainer.data import Example, Place, collate
from sealong_trainer.distributed import leave_group, prepare_deepspeed
from sealong_trainer.loss import SumOverGroup, orpo_terms, row_sums

# Lengths of (prompt, chosen, rejected), in slices of 32 / world tokens.
CASES = {
    "ragged prompts": [(5, 20, 24), (9, 12, 3)],
    "answers on the first rank alone": [(2, 5, 4), (1, 6, 3)],
    "answers on the last rank alone": [(26, 5, 6), (25, 4, 7)],
    "chosen on one rank, rejected on all": [(2, 5, 28), (4, 2, 26)],
}
BETA, CHUNK = 0.1, 8


def loss_and_grads(model, rows, group):
    sums, counts = row_sums(
        hidden_states(model, rows), model.lm_head, rows["shift_labels"], CHUNK, group
    )
    loss = orpo_terms(sums, counts).loss_P(BETA).mean()
    loss.backward()
    return loss.item(), {name: p.grad for name, p in model.named_parameters()}


def main(kv_heads: int) -> None:
    prepare_deepspeed()
    deepspeed.init_distributed(dist_backend="gloo", verbose=False)
    rank, world = dist.get_rank(), dist.get_world_size()
    place = Place(sequence_rank=rank, sequence_size=world)
    cases = {name: tiny_pairs(lengths) for name, lengths in CASES.items()}
    plain_attention = ALL_ATTENTION_FUNCTIONS["sdpa"]
    groups = UlyssesSPAttentionHF.register_with_transformers(
        tiny_model("llama", kv_heads), "sdpa", world, micro_batch_size=4
    )
    ulysses = ALL_ATTENTION_FUNCTIONS["sdpa"]
    assert groups is not None
    group = groups.get_sequence_parallel_group()

    def difference(kind: str, pairs: list[Example], attention=ulysses, group: Any = group) -> float:
        """Greatest difference of loss and gradients, on any rank."""
        ALL_ATTENTION_FUNCTIONS["sdpa"] = plain_attention
        expected, expected_grads = loss_and_grads(
            tiny_model(kind, kv_heads), collate(pairs, 0, Place()), None
        )
        ALL_ATTENTION_FUNCTIONS["sdpa"] = attention
        loss, grads = loss_and_grads(tiny_model(kind, kv_heads), collate(pairs, 0, place), group)
        worst = torch.tensor(loss - expected).abs()
        for name, expected_grad in expected_grads.items():
            dist.all_reduce(grads[name])
            worst = torch.maximum(worst, (grads[name] - expected_grad).abs().max())
        # A rank whose slice has no answer divides by zero where sums are not shared.
        worst = worst.nan_to_num(nan=torch.inf)
        dist.all_reduce(worst, op=dist.ReduceOp.MAX)
        return worst.item()

    found = {
        f"{kind}, {name}": difference(kind, pairs)
        for kind in ["llama", "qwen2"]
        for name, pairs in cases.items()
    }
    # Without one of its parts the comparison has to fail, or it shows nothing.
    ragged = cases["ragged prompts"]
    found["without exchange of heads"] = difference("llama", ragged, attention=plain_attention)
    found["without shared sums"] = difference("llama", ragged, group=None)
    twice: Any = staticmethod(lambda _, grad: (grad * world, None))
    SumOverGroup.backward = twice
    found["with gradients that are summed twice"] = difference("llama", ragged)
    print(json.dumps(found))
    leave_group()


if __name__ == "__main__":
    main(int(sys.argv[1]))
