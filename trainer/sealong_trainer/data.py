"""Pairs from a file to token rows: what is read, what is dropped, in which order, on which rank.

Suffixes name shapes: P pairs, R rows (all chosen, then all rejected), L tokens of a row.
"""

import hashlib
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .errors import RecipeError
from .loss import IGNORED
from .recipe import Recipe


@dataclass(frozen=True)
class Example:
    """Token ids. `rejected` is empty for SFT."""

    prompt: np.ndarray
    chosen: np.ndarray
    rejected: np.ndarray

    @property
    def length(self) -> int:
        return len(self.prompt) + max(len(self.chosen), len(self.rejected))

    @property
    def tokens(self) -> int:
        """Tokens of all its rows, without padding."""
        rows = 2 if len(self.rejected) else 1
        return rows * len(self.prompt) + len(self.chosen) + len(self.rejected)


@dataclass(frozen=True)
class Examples:
    kept: list[Example]
    too_long: int
    longest: int
    sha256: str

    def summary(self) -> dict[str, Any]:
        lengths = sorted(example.length for example in self.kept)
        return {
            "pairs": len(self.kept),
            "dropped_too_long": self.too_long,
            "longest_found": self.longest,
            "tokens": sum(example.tokens for example in self.kept),
            "median_length": lengths[len(lengths) // 2],
            "longest_kept": lengths[-1],
            "sha256": self.sha256,
        }


def read_examples(recipe: Recipe, tokenizer: Any) -> Examples:
    """All pairs that fit `max_length`; a longer one is dropped and counted, never cut.

    Raises RecipeError for a file or a line that cannot be used, by its number.
    """
    path = recipe.path(recipe.data.pairs)
    digest, kept, too_long, longest = hashlib.sha256(), [], 0, 0
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                digest.update(line)
                if not line.strip():
                    continue
                try:
                    example = _example(json.loads(line), recipe, tokenizer)
                except (ValueError, KeyError, TypeError) as error:
                    said = f"{error.args[0]} is missing" if isinstance(error, KeyError) else error
                    raise RecipeError(f"data.pairs: line {number} of {path}: {said}.") from error
                longest = max(longest, example.length)
                if example.length > recipe.max_length:
                    too_long += 1
                else:
                    kept.append(example)
    except OSError as error:
        raise RecipeError(f"data.pairs: {path} cannot be read ({error.strerror}).") from error
    if too_long and recipe.too_long == "refuse":
        raise RecipeError(
            f"max_length: {too_long} pair(s) of {path} are longer than {recipe.max_length} tokens "
            f"(the longest has {longest}). Raise it, or let too_long be drop."
        )
    if not kept:
        why = f"all {too_long} are longer than max_length" if too_long else "it holds none"
        raise RecipeError(f"data.pairs: {path} gives no pair to train on: {why}.")
    return Examples(kept, too_long, longest, digest.hexdigest())


def _example(row: dict[str, Any], recipe: Recipe, tokenizer: Any) -> Example:
    if "messages" in row:
        if recipe.method == "orpo":
            raise ValueError("it has messages but no rejected answer, which orpo needs")
        prompt, chosen = row["messages"][:-1], row["messages"][-1]
    else:
        prompt, chosen = _messages(row["prompt"], "user"), _answer(row["chosen"])
    prompt_ids, chosen_ids = encode(tokenizer, prompt, chosen)
    rejected_ids = np.empty(0, np.int32)
    if recipe.method == "orpo":
        _, rejected_ids = encode(tokenizer, prompt, _answer(row["rejected"]))
    return Example(prompt_ids, chosen_ids, rejected_ids)


def _messages(value: Any, role: str) -> list[dict[str, str]]:
    return [{"role": role, "content": value}] if isinstance(value, str) else value


def _answer(value: Any) -> dict[str, str]:
    messages = _messages(value, "assistant")
    if len(messages) != 1 or messages[0]["role"] != "assistant":
        raise ValueError("an answer must be one message of the assistant")
    return messages[0]


def encode(tokenizer: Any, prompt: list, answer: dict) -> tuple[np.ndarray, np.ndarray]:
    """Token ids of the prompt as the model sees it when asked, and of the answer with its end.

    They are tokenised apart, as they are when a server samples: the answer's first token never
    merges with the prompt's last one.
    """
    asked = tokenizer.apply_chat_template(prompt, tokenize=False, add_generation_prompt=True)
    answered = tokenizer.apply_chat_template([*prompt, answer], tokenize=False)
    if not answered.startswith(asked):
        raise ValueError(
            "the chat template writes a prompt differently once it is answered, so that the "
            "answer's tokens cannot be told apart; name another with model.chat_template"
        )
    # What a template writes after the end-of-turn (ChatML: a line break) no model is asked for.
    text = answered[len(asked) :].rstrip()
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    if not ids or ids[-1] not in tokenizer.all_special_ids:
        ids = [*ids, tokenizer.eos_token_id]
    prompt_ids = tokenizer(asked, add_special_tokens=False)["input_ids"]
    return np.array(prompt_ids, np.int32), np.array(ids, np.int32)


@dataclass(frozen=True)
class Place:
    """Which part of each batch this process takes."""

    data_rank: int = 0
    data_size: int = 1
    sequence_rank: int = 0
    sequence_size: int = 1


class Batches:
    """Every micro-batch of one rank, from step `start` to the last.

    The order depends on seed and epoch alone, not on the number of GPUs, so a run resumed anywhere
    sees the same pairs. The last batch of an epoch may be smaller: slots without a pair hold a row
    of weight 0, since all ranks have to take part in each forward pass.
    """

    def __init__(
        self, examples: list[Example], recipe: Recipe, place: Place, pad: int, start: int = 0
    ):
        self.examples, self.recipe, self.place = examples, recipe, place
        self.pad, self.start = pad, start
        self.steps_an_epoch = -(-len(examples) // recipe.batch_size)
        self.steps = total_steps(len(examples), recipe)

    def __iter__(self) -> Iterator[dict[str, torch.Tensor]]:
        for step in range(self.start, self.steps):
            yield from self.micro_batches(self.batch(step))

    def batch(self, step: int) -> list[Example]:
        """The pairs of an optimiser step, on all ranks."""
        epoch, within = divmod(step, self.steps_an_epoch)
        order = list(range(len(self.examples)))
        random.Random(f"{self.recipe.seed}/{epoch}").shuffle(order)
        size = self.recipe.batch_size
        return [self.examples[i] for i in order[within * size : (within + 1) * size]]

    def micro_batches(self, batch: list[Example]) -> Iterator[dict[str, torch.Tensor]]:
        recipe, place = self.recipe, self.place
        answers = sum(len(example.chosen) for example in batch)
        for number in range(recipe.accumulation):
            first = (number * place.data_size + place.data_rank) * recipe.micro_batch_size
            slots = range(first, first + recipe.micro_batch_size)
            pairs = [batch[slot] if slot < len(batch) else batch[0] for slot in slots]
            rows = collate(pairs, self.pad, place)
            rows["weights_P"] = torch.tensor([float(slot < len(batch)) for slot in slots])
            # Means are over the step's pairs (or answer tokens), wherever they are.
            rows["step_pairs"] = torch.tensor(len(batch))
            rows["step_answer_tokens"] = torch.tensor(answers)
            yield rows


def total_steps(pairs: int, recipe: Recipe) -> int:
    """Optimiser steps of the whole run."""
    steps = -(-pairs // recipe.batch_size) * recipe.epochs
    return min(steps, recipe.max_steps or steps)


def collate(pairs: list[Example], pad: int, place: Place) -> dict[str, torch.Tensor]:
    """This rank's slice of the rows: all chosen, then all rejected, padded on the right.

    Neither packing nor an attention mask: padding comes after every token that counts, where causal
    attention never looks, and Ulysses drops masks.
    """
    answers = [pair.chosen for pair in pairs]
    answers += [pair.rejected for pair in pairs if len(pair.rejected)]
    prompts = [pair.prompt for pair in pairs] * (len(answers) // len(pairs))
    # A multiple of 8 a rank suits tensor cores; Ulysses asks for equal slices.
    unit = 8 * place.sequence_size
    longest = max(len(p) + len(a) for p, a in zip(prompts, answers, strict=True))
    length = -(-longest // unit) * unit
    ids_RL = torch.full((len(answers), length), pad)
    labels_RL = torch.full((len(answers), length), IGNORED)
    for row, (prompt, answer) in enumerate(zip(prompts, answers, strict=True)):
        ids = torch.from_numpy(np.concatenate([prompt, answer])).long()
        ids_RL[row, : len(ids)] = ids
        # Shifted before slicing: position l is to predict the token after it.
        labels_RL[row, len(prompt) - 1 : len(ids) - 1] = ids[len(prompt) :]
    positions_RL = torch.arange(length).expand(len(answers), length)
    share = length // place.sequence_size
    mine = slice(place.sequence_rank * share, (place.sequence_rank + 1) * share)
    rows = {"input_ids": ids_RL, "position_ids": positions_RL, "shift_labels": labels_RL}
    return {name: tensor[:, mine].contiguous() for name, tensor in rows.items()}
