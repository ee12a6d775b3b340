#!/usr/bin/env python3
"""Makes taskModel/: a tiny model with the inputs and the output of jina-embeddings-v3.

pip install onnx numpy
text_embeds[0, s] = WORDS[input_ids[s]] + TASKS[task_id], with the tables below, so that a test can compute it again.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FOLDER = Path(__file__).parent / "taskModel"
VOCABULARY = ["<s>", "<pad>", "</s>", "<unk>", "the", "lighthouse", "was", "built", "by", "ada", "."]
DIMENSIONS = 8
WORDS = np.array([[(v * v * 7 + d * 3) % 11 - 5 for d in range(DIMENSIONS)] for v in range(len(VOCABULARY))], np.float32)
TASKS = np.array([[(t * 5 + d * t) % 7 - 3 for d in range(DIMENSIONS)] for t in range(5)], np.float32)


def graph() -> onnx.ModelProto:
    nodes = [
        helper.make_node("Gather", ["words", "input_ids"], ["word"], axis=0),
        helper.make_node("Gather", ["tasks", "task_id"], ["task"], axis=0),
        helper.make_node("Add", ["word", "task"], ["sum"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["column"]),
        helper.make_node("Mul", ["sum", "column"], ["text_embeds"]),
    ]
    shape = ["batch_size", "sequence_length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")]
    inputs.append(helper.make_tensor_value_info("task_id", TensorProto.INT64, []))
    output = helper.make_tensor_value_info("text_embeds", TensorProto.FLOAT, [*shape, DIMENSIONS])
    tables = [
        numpy_helper.from_array(WORDS, "words"),
        numpy_helper.from_array(TASKS, "tasks"),
        numpy_helper.from_array(np.array([2], np.int64), "last"),
    ]
    made = helper.make_graph(nodes, "task_model", inputs, [output], tables)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def write(name: str, content: object) -> None:
    (FOLDER / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    (FOLDER / "onnx").mkdir(parents=True, exist_ok=True)
    onnx.save(graph(), FOLDER / "onnx/model.onnx")
    # The real one names no model_type either.
    write("config.json", {"architectures": ["XLMRobertaModel"], "hidden_size": DIMENSIONS})
    write("model.json", {"id": "jina-embeddings-v3"})
    write("tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 8194})
    special = {token: {"id": token, "ids": [VOCABULARY.index(token)], "tokens": [token]} for token in ("<s>", "</s>")}
    write(
        "tokenizer.json",
        {
            "version": "1.0",
            "truncation": None,
            "padding": None,
            "added_tokens": [],
            "normalizer": {"type": "Lowercase"},
            "pre_tokenizer": {"type": "Whitespace"},
            "post_processor": {
                "type": "TemplateProcessing",
                "single": [
                    {"SpecialToken": {"id": "<s>", "type_id": 0}},
                    {"Sequence": {"id": "A", "type_id": 0}},
                    {"SpecialToken": {"id": "</s>", "type_id": 0}},
                ],
                "pair": [],
                "special_tokens": special,
            },
            "decoder": None,
            "model": {
                "type": "WordLevel",
                "vocab": {token: index for index, token in enumerate(VOCABULARY)},
                "unk_token": "<unk>",
            },
        },
    )


if __name__ == "__main__":
    main()
