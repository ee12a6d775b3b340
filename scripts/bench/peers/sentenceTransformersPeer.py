"""Embeds texts with sentence-transformers, in its batches of 32. usage: sentenceTransformersPeer.py MODEL_FOLDER; given: the texts."""

import sys

from peer import serve

from sentence_transformers import SentenceTransformer


def open_peer(texts):
    model = SentenceTransformer(sys.argv[1], device="cpu")
    return lambda: model.encode(texts, normalize_embeddings=True, show_progress_bar=False).tolist()


serve(["sentence-transformers", "torch"], open_peer)
