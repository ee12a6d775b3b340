from decimal import Decimal, localcontext

import pytest
import torch
from reference import orpo
from tiny import hidden_states, plain, tiny_model, tiny_pairs

from sealong_trainer.data import Place, collate
from sealong_trainer.loss import log_odds, orpo_terms, row_sums, sft_terms

RAGGED = [(5, 9, 4), (17, 1, 12), (2, 3, 3)]


def grads(model) -> dict[str, torch.Tensor]:
    found = {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}
    model.zero_grad()
    return found


def our_loss(model, pairs, beta, chunk):
    rows = collate(pairs, 0, Place())
    sums, counts = row_sums(hidden_states(model, rows), model.lm_head, rows["shift_labels"], chunk)
    return orpo_terms(sums, counts).loss_P(beta).mean()


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
@pytest.mark.parametrize("chunk", [4, 1024])
def test_orpo_and_every_gradient_equal_the_formula(kind: str, chunk: int) -> None:
    model, pairs = tiny_model(kind), tiny_pairs(RAGGED)
    expected = orpo(model, plain(pairs), 0.1)
    expected.backward()
    expected_grads = grads(model)
    loss = our_loss(model, pairs, 0.1, chunk)
    loss.backward()
    assert loss.item() == pytest.approx(expected.item(), abs=1e-6)
    found = grads(model)
    assert found.keys() == expected_grads.keys()
    for name, grad in expected_grads.items():
        torch.testing.assert_close(found[name], grad, atol=1e-6, rtol=1e-6, msg=name)


def test_beta_weighs_the_odds_ratio_alone() -> None:
    model, pairs = tiny_model("llama"), tiny_pairs(RAGGED)
    losses = [our_loss(model, pairs, beta, 64).item() for beta in (0, 0.1, 1)]
    assert losses[1] - losses[0] == pytest.approx(0.1 * (losses[2] - losses[0]))


@pytest.mark.parametrize("kind", ["llama", "qwen2"])
def test_sft_equals_the_loss_of_transformers_on_completions(kind: str) -> None:
    model = tiny_model(kind)
    pairs = tiny_pairs([(5, 9, 0), (17, 2, 0), (2, 3, 0)])
    rows = collate(pairs, 0, Place())
    labels = torch.full_like(rows["input_ids"], -100)
    for row, pair in enumerate(pairs):
        ends = slice(len(pair.prompt), len(pair.prompt) + len(pair.chosen))
        labels[row, ends] = rows["input_ids"][row, ends]
    sums, counts = row_sums(hidden_states(model, rows), model.lm_head, rows["shift_labels"], 64)
    # Each token alike: transformers' mean over the batch. Each answer alike: the mean of the rows'.
    whole = model(input_ids=rows["input_ids"], labels=labels).loss
    assert (-sums.sum() / counts.sum()).item() == pytest.approx(whole.item(), abs=1e-6)
    own = [
        model(input_ids=rows["input_ids"][i : i + 1], labels=labels[i : i + 1]).loss.item()
        for i in range(len(pairs))
    ]
    assert sft_terms(sums, counts).nll_P.tolist() == pytest.approx(own, abs=1e-6)
    sft_terms(sums, counts).nll_P.mean().backward()
    ours = grads(model)
    torch.stack(
        [
            model(input_ids=rows["input_ids"][i : i + 1], labels=labels[i : i + 1]).loss
            for i in range(len(pairs))
        ]
    ).mean().backward()
    for name, grad in grads(model).items():
        torch.testing.assert_close(ours[name], grad, atol=1e-6, rtol=1e-6, msg=name)


def test_log_odds_are_exact_from_impossible_to_nearly_certain() -> None:
    logp = torch.tensor([-700.0, -50.0, -0.7, -0.69, -1e-3, -1e-9], dtype=torch.float64)
    logp.requires_grad_()
    odds = log_odds(logp)
    with localcontext() as context:
        context.prec = 400
        ps = [Decimal(value).exp() for value in logp.tolist()]
        expected = [float((p / (1 - p)).ln()) for p in ps]
    assert odds.tolist() == pytest.approx(expected, rel=1e-9)
    odds.sum().backward()
    assert logp.grad is not None
    # d log odds / d log p = 1 / (1 - p)
    assert logp.grad[-1].item() == pytest.approx(1e9, rel=1e-6)
    assert logp.grad[0].item() == pytest.approx(1)


def test_a_certain_answer_gives_finite_loss_and_gradient() -> None:
    sums = torch.tensor([0.0, 0.0, -1e-13, -5.0], dtype=torch.float64, requires_grad=True)
    terms = orpo_terms(sums, torch.tensor([3, 2, 3, 2]))
    loss = terms.loss_P(0.1).sum()
    loss.backward()
    assert torch.isfinite(loss)
    assert sums.grad is not None
    assert torch.isfinite(sums.grad).all()


def test_whole_logits_are_never_made() -> None:
    model, pairs = tiny_model("llama"), tiny_pairs([(40, 30, 20)])
    seen: list[int] = []
    model.lm_head.register_forward_hook(lambda _m, _i, out: seen.append(out.shape[0]))
    our_loss(model, pairs, 0.1, 8).backward()
    assert max(seen) == 8
    # Once forward and once again in backward, for the 50 answer tokens alone.
    assert sum(seen) == 2 * 50
