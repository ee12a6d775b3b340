"""Loads a job's base and adapter, and prints an answer of both as JSON."""

import json
import sys
from pathlib import Path

import torch
from peft import PeftModel

from sealong_trainer.model import load_base, load_tokenizer
from sealong_trainer.recipe import load_recipe

job = Path(sys.argv[1])
recipe = load_recipe(job / "recipe.json")
tokenizer = load_tokenizer(recipe)
base = load_base(recipe)
messages = [{"role": "user", "content": "Say yes."}]
asked = tokenizer.apply_chat_template(
    messages, add_generation_prompt=True, return_tensors="pt", return_dict=True
)
with torch.no_grad():
    before = base(**asked).logits[0, -1]
    adapted = PeftModel.from_pretrained(base, str(job / "adapter"))
    after = adapted(**asked).logits[0, -1]
    tokens = adapted.generate(**asked, max_new_tokens=8, do_sample=False)[0]
answer = tokenizer.decode(tokens[asked["input_ids"].shape[1] :])
print(json.dumps({"answer": answer, "change": (after - before).abs().max().item()}))
