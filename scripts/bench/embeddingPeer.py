"""Embeds texts with onnxruntime, as the bench asks by lines of JSON on stdin; answers by lines on stdout.

usage: embeddingPeer.py MODEL_FOLDER MAX_TOKENS

The first line of input is the list of texts. Then each line `run` embeds them all, one by one on
one thread, and is answered by {"wall_s", "cpu_s"}; `vectors` is answered by the vectors.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer


def opened(folder, max_tokens):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        folder / "onnx" / "model.onnx", options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(max_tokens)

    def embed(text):
        encoded = tokenizer.encode(text.strip())
        ids = np.array([encoded.ids], np.int64)
        feeds = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        mean = session.run(None, feeds)[0][0].mean(axis=0)
        return mean / np.linalg.norm(mean)

    return embed


def answer(value):
    print(json.dumps(value), flush=True)


def main():
    embed = opened(Path(sys.argv[1]), int(sys.argv[2]))
    texts = json.loads(sys.stdin.readline())
    embed(texts[0])
    answer({"onnxruntime": onnxruntime.__version__})
    for line in sys.stdin:
        if line.strip() == "vectors":
            answer([embed(text).tolist() for text in texts])
            continue
        wall, cpu = time.perf_counter(), time.process_time()
        for text in texts:
            embed(text)
        answer({"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu})


if __name__ == "__main__":
    main()
