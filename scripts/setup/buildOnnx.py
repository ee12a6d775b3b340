"""Writes a BERT encoder as an ONNX model in the layout that transformers.js reads (fp32, no torch).

usage: buildOnnx.py SOURCE TARGET [--max-tokens N]

SOURCE holds config.json, model.safetensors, tokenizer.json and tokenizer_config.json. The model
takes input_ids, attention_mask and token_type_ids, int64 [batch, sequence], and gives
last_hidden_state, float32 [batch, sequence, hidden].
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file


class Graph:
    """Collects nodes and weights; every method returns the name of what it added."""

    def __init__(self, weights):
        self.weights = weights
        self.nodes = []
        self.initializers = []

    def constant(self, name, value):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def weight(self, name, transpose=False):
        value = self.weights[name]
        return self.constant(name, value.T if transpose else value)

    def node(self, kind, inputs, name, **attributes):
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **attributes))
        return name

    def linear(self, x, prefix, name):
        weight = self.weight(f"{prefix}.weight", transpose=True)
        product = self.node("MatMul", [x, weight], f"{name}_product")
        return self.node("Add", [product, self.weight(f"{prefix}.bias")], name)

    def layer_norm(self, x, prefix, name, epsilon):
        inputs = [x, self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias")]
        return self.node("LayerNormalization", inputs, name, axis=-1, epsilon=epsilon)


def embeddings(graph, config):
    zero = graph.constant("zero", np.array([0], np.int64))
    one = graph.constant("one", np.array([1], np.int64))
    two = graph.constant("two", np.array([2], np.int64))
    words = graph.weight("embeddings.word_embeddings.weight")
    types = graph.weight("embeddings.token_type_embeddings.weight")
    positions = graph.weight("embeddings.position_embeddings.weight")
    shape = graph.node("Shape", ["input_ids"], "input_shape")
    length = graph.node("Slice", [shape, one, two], "length")
    word = graph.node("Gather", [words, "input_ids"], "word", axis=0)
    kind = graph.node("Gather", [types, "token_type_ids"], "type", axis=0)
    position = graph.node("Slice", [positions, zero, length, zero], "position")
    summed = graph.node("Add", [graph.node("Add", [word, kind], "word_type"), position], "summed")
    return graph.layer_norm(summed, "embeddings.LayerNorm", "embedded", config["layer_norm_eps"])


def additive_mask(graph):
    """[batch, sequence] of 0 and 1 to [batch, 1, 1, sequence] of the lowest float and 0."""
    mask = graph.node("Cast", ["attention_mask"], "mask_float", to=TensorProto.FLOAT)
    hidden = graph.node("Sub", [graph.constant("full", np.float32(1)), mask], "mask_hidden")
    lowest = graph.constant("lowest", np.float32(np.finfo(np.float32).min))
    scaled = graph.node("Mul", [hidden, lowest], "mask_additive")
    axes = graph.constant("mask_axes", np.array([1, 2], np.int64))
    return graph.node("Unsqueeze", [scaled, axes], "mask")


def attention(graph, config, x, mask, prefix, name):
    heads, hidden = config["num_attention_heads"], config["hidden_size"]
    split = graph.constant(f"{name}_split", np.array([0, 0, heads, hidden // heads], np.int64))
    merge = graph.constant(f"{name}_merge", np.array([0, 0, hidden], np.int64))
    scale = graph.constant(f"{name}_scale", np.float32(1 / np.sqrt(hidden // heads)))

    def project(part, order):
        projected = graph.linear(x, f"{prefix}.self.{part}", f"{name}_{part}")
        by_head = graph.node("Reshape", [projected, split], f"{name}_{part}_split")
        return graph.node("Transpose", [by_head], f"{name}_{part}_heads", perm=order)

    query = graph.node("Mul", [project("query", [0, 2, 1, 3]), scale], f"{name}_scaled")
    scores = graph.node("MatMul", [query, project("key", [0, 2, 3, 1])], f"{name}_scores")
    masked = graph.node("Add", [scores, mask], f"{name}_masked")
    weights = graph.node("Softmax", [masked], f"{name}_weights", axis=-1)
    mixed = graph.node("MatMul", [weights, project("value", [0, 2, 1, 3])], f"{name}_mixed")
    by_token = graph.node("Transpose", [mixed], f"{name}_by_token", perm=[0, 2, 1, 3])
    context = graph.node("Reshape", [by_token, merge], f"{name}_context")
    return graph.linear(context, f"{prefix}.output.dense", f"{name}_output")


def layer(graph, config, x, mask, index, name_of_result):
    prefix, name, epsilon = f"encoder.layer.{index}", f"layer{index}", config["layer_norm_eps"]
    attended = attention(graph, config, x, mask, f"{prefix}.attention", f"{name}_attention")
    x = graph.node("Add", [attended, x], f"{name}_attended")
    norm = f"{prefix}.attention.output.LayerNorm"
    x = graph.layer_norm(x, norm, f"{name}_attended_norm", epsilon)
    inner = graph.linear(x, f"{prefix}.intermediate.dense", f"{name}_inner")
    activated = graph.node("Gelu", [inner], f"{name}_gelu")
    outer = graph.linear(activated, f"{prefix}.output.dense", f"{name}_outer")
    x = graph.node("Add", [outer, x], f"{name}_summed")
    return graph.layer_norm(x, f"{prefix}.output.LayerNorm", name_of_result, epsilon)


def build(config, weights):
    kind = (config["model_type"], config["hidden_act"])
    if kind != ("bert", "gelu"):
        raise SystemExit(f"only BERT with gelu is known, not {kind}")
    graph = Graph(weights)
    x, mask = embeddings(graph, config), additive_mask(graph)
    count = config["num_hidden_layers"]
    for index in range(count):
        result = "last_hidden_state" if index == count - 1 else f"layer{index}"
        x = layer(graph, config, x, mask, index, result)

    axes = ["batch_size", "sequence_length"]
    inputs = ["input_ids", "attention_mask", "token_type_ids"]
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT64, axes) for name in inputs],
            [helper.make_tensor_value_info(x, TensorProto.FLOAT, [*axes, config["hidden_size"]])],
            graph.initializers,
        ),
        # 20 is the first opset with Gelu, and IR version 9 the one that came with it.
        opset_imports=[helper.make_opsetid("", 20)],
        ir_version=9,
    )
    onnx.checker.check_model(model)
    return model


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def write_json(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--max-tokens", type=int, default=512)
    options = parser.parse_args()

    config = read_json(options.source / "config.json")
    (options.target / "onnx").mkdir(parents=True, exist_ok=True)
    model = build(config, load_file(options.source / "model.safetensors"))
    onnx.save(model, options.target / "onnx" / "model.onnx")

    write_json(options.target / "config.json", config)
    # The caller truncates and pads; what the file says would be applied on top of it.
    tokenizer = read_json(options.source / "tokenizer.json")
    tokenizer |= {"truncation": None, "padding": None}
    write_json(options.target / "tokenizer.json", tokenizer)
    tokenizer_config = read_json(options.source / "tokenizer_config.json")
    tokenizer_config |= {"model_max_length": options.max_tokens}
    write_json(options.target / "tokenizer_config.json", tokenizer_config)


if __name__ == "__main__":
    main()
