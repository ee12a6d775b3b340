import json
from pathlib import Path

import pytest
import torch
from tiny import random_rows, text_row, tiny_pairs, tiny_tokenizer, write_recipe

from sealong_trainer.data import Batches, Place, collate, read_examples
from sealong_trainer.errors import RecipeError
from sealong_trainer.recipe import Recipe, load_recipe


def recipe_with(folder: Path, rows: list[dict], **changes) -> Recipe:
    return load_recipe(write_recipe(folder, Path("base"), rows, **changes))


def test_an_answer_s_tokens_end_with_its_end_of_turn(tmp_path: Path) -> None:
    recipe = recipe_with(tmp_path, [text_row("w1 w2", "w3 w4", "w5")])
    tokenizer = tiny_tokenizer()
    [example] = read_examples(recipe, tokenizer).kept
    assert tokenizer.decode(example.prompt) == "<|user|> w1 w2 <|end|> <|assistant|>"
    assert tokenizer.decode(example.chosen) == "w3 w4 <|end|>"
    assert tokenizer.decode(example.rejected) == "w5 <|end|>"


def test_a_longer_pair_is_dropped_whole_and_counted(tmp_path: Path) -> None:
    rows = [text_row("w1", "w2", "w3"), text_row("w1", "w2", "w3 " * 20)]
    found = read_examples(recipe_with(tmp_path, rows, max_length=12), tiny_tokenizer())
    assert (len(found.kept), found.too_long, found.longest) == (1, 1, 25)
    refusing = recipe_with(tmp_path, rows, max_length=12, too_long="refuse")
    with pytest.raises(RecipeError, match=r"max_length: 1 pair.*longest has 25"):
        read_examples(refusing, tiny_tokenizer())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 1"),
        ('{"prompt": "w1", "chosen": "w2"}', "rejected is missing"),
        ('{"messages": []}', "no rejected answer"),
        ('{"prompt": "w1", "chosen": [], "rejected": "w2"}', "one message of the assistant"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, said: str) -> None:
    recipe = recipe_with(tmp_path, [])
    recipe.path("pairs.jsonl").write_text(line + "\n")
    with pytest.raises(RecipeError, match=said):
        read_examples(recipe, tiny_tokenizer())


def test_sft_reads_messages_and_pairs_alike(tmp_path: Path) -> None:
    messages = [{"role": "user", "content": "w1"}, {"role": "assistant", "content": "w2"}]
    rows = [{"messages": messages}, text_row("w1", "w2", "w3")]
    recipe = recipe_with(tmp_path, rows, method="sft")
    first, second = read_examples(recipe, tiny_tokenizer()).kept
    assert first.prompt.tolist() == second.prompt.tolist()
    assert first.chosen.tolist() == second.chosen.tolist()
    assert len(first.rejected) == len(second.rejected) == 0


def test_slices_of_all_ranks_make_up_the_rows() -> None:
    pairs = tiny_pairs([(9, 5, 3), (2, 11, 30)])
    whole = collate(pairs, 0, Place(sequence_size=1))
    parts = [collate(pairs, 0, Place(sequence_rank=r, sequence_size=2)) for r in range(2)]
    for name, rows in whole.items():
        together = torch.cat([part[name] for part in parts], 1)
        # Padded further, to whole slices.
        torch.testing.assert_close(together[:, : rows.shape[1]], rows)


def test_every_pair_comes_once_an_epoch_whatever_the_number_of_ranks(tmp_path: Path) -> None:
    rows = random_rows(11)
    for ranks in (1, 2):
        recipe = recipe_with(tmp_path, rows, gpus=ranks, epochs=2, batch_size=4)
        examples = read_examples(recipe, tiny_tokenizer()).kept
        counted = 0.0
        batches = [Batches(examples, recipe, Place(r, ranks), 0) for r in range(ranks)]
        for mine in batches:
            parts = list(mine)
            assert len(parts) == mine.steps * recipe.accumulation
            counted += sum(part["weights_P"].sum().item() for part in parts)
        assert counted == 2 * len(rows)
        seen = [id(pair) for step in range(3) for pair in batches[0].batch(step)]
        assert sorted(seen) == sorted(map(id, examples))


def test_a_template_that_rewrites_the_prompt_is_refused(tmp_path: Path) -> None:
    tokenizer = tiny_tokenizer()
    tokenizer.chat_template = (
        "{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}"
    )
    recipe = recipe_with(tmp_path, [text_row("w1", "w2", "w3")])
    with pytest.raises(RecipeError, match=r"model\.chat_template"):
        read_examples(recipe, tokenizer)


def test_unicode_and_json_survive_the_way(tmp_path: Path) -> None:
    recipe = recipe_with(tmp_path, [])
    row = json.dumps(text_row("w1 é", "w2", "w3"), ensure_ascii=False)
    recipe.path("pairs.jsonl").write_text(row + "\r\n\n", encoding="utf-8")
    assert len(read_examples(recipe, tiny_tokenizer()).kept) == 1
