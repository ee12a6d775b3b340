"""The losses written down from the formula: float64, one answer at a time, whole logits."""

import torch


def logp(model, prompt, answer) -> torch.Tensor:
    """Length-normalised log p(answer | prompt)."""
    ids = torch.tensor([[*prompt, *answer]])
    logp_LV = model(input_ids=ids).logits[0].log_softmax(-1)
    start = len(prompt)
    terms = [logp_LV[start + i - 1, int(token)] for i, token in enumerate(answer)]
    return sum(terms, torch.zeros(())) / len(terms)


def orpo(model, pairs, beta) -> torch.Tensor:
    """Mean over (prompt, chosen, rejected) of L_SFT + beta * L_OR."""
    losses = []
    for prompt, chosen, rejected in pairs:
        w, l_ = logp(model, prompt, chosen), logp(model, prompt, rejected)
        ratio = torch.log((w.exp() / (1 - w.exp())) / (l_.exp() / (1 - l_.exp())))
        losses.append(-w - beta * torch.log(torch.sigmoid(ratio)))
    return torch.stack(losses).mean()
