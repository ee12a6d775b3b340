"""Embeds texts with onnxruntime, one by one. usage: onnxruntimePeer.py ONNX_MODEL_FOLDER MAX_TOKENS; given: the texts."""

import sys
from pathlib import Path

from peer import serve

import numpy as np
import onnxruntime
from tokenizers import Tokenizer


def open_peer(texts):
    folder = Path(sys.argv[1])
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        folder / "onnx" / "model.onnx", options, providers=["CPUExecutionProvider"]
    )
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(int(sys.argv[2]))

    def embed(text):
        encoded = tokenizer.encode(text.strip())
        ids = np.array([encoded.ids], np.int64)
        feeds = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        mean = session.run(None, feeds)[0][0].mean(axis=0)
        return (mean / np.linalg.norm(mean)).tolist()

    return lambda: [embed(text) for text in texts]


serve(["onnxruntime"], open_peer)
