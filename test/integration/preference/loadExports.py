"""Loads every export in a folder as its trainer would and says what it sees, as one JSON object."""

import json
import sys
from pathlib import Path

import datasets
from trl.data_utils import apply_chat_template, is_conversational

# A tokenizer is only asked for its template here: ChatML, as the embedded model has it.
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def tokenizer():
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(WordLevel({"[UNK]": 0}, unk_token="[UNK]"))
    return PreTrainedTokenizerFast(tokenizer_object=words, chat_template=CHATML)


def main(folder: Path) -> None:
    seen = {}
    for export in sorted(folder.iterdir()):
        data = datasets.load_dataset(str(export), cache_dir=str(folder / ".cache"))
        seen[export.name] = {
            "rows": {split: len(rows) for split, rows in data.items()},
            "questions": {split: rows["question_id"][:] for split, rows in data.items()},
            "columns": data["train"].column_names,
            "first": data["train"][0],
        }
    first = seen["trl"]["first"]
    assert is_conversational(first)
    sides = {key: first[key] for key in ("prompt", "chosen", "rejected")}
    seen["trl"]["texts"] = apply_chat_template(sides, tokenizer())
    messages = {"messages": seen["sft"]["first"]["messages"]}
    assert is_conversational(messages)
    seen["sft"]["texts"] = apply_chat_template(messages, tokenizer())
    print(json.dumps(seen))


main(Path(sys.argv[1]))
