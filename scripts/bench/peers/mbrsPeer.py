"""MBR by the cosine of sentence embeddings with mbrs, which has no such metric: this is one. mbrs encodes each text once,
as hypotheses and references are the same. usage: mbrsPeer.py MODEL_FOLDER; given: a list of texts for each question.
"""

import sys
from dataclasses import dataclass

from peer import serve

from mbrs.decoders import DecoderMBR
from mbrs.metrics.base import MetricCacheable
from sentence_transformers import SentenceTransformer


class CosineMetric(MetricCacheable):
    @dataclass
    class Cache(MetricCacheable.Cache):
        embeddings: object

        def __len__(self):
            return len(self.embeddings)

        def __getitem__(self, key):
            return type(self)(self.embeddings[key])

        def repeat(self, n):
            return type(self)(self.embeddings.repeat((n, 1)))

    def __init__(self, folder):
        super().__init__(self.Config())
        self.model = SentenceTransformer(folder, device="cpu")

    @property
    def embed_dim(self):
        return self.model.get_sentence_embedding_dimension()

    def encode(self, sentences):
        return self.Cache(
            self.model.encode(
                sentences,
                normalize_embeddings=True,
                convert_to_tensor=True,
                show_progress_bar=False,
            )
        )

    def out_proj(self, hypotheses_ir, references_ir, sources_ir=None):
        return (hypotheses_ir.embeddings * references_ir.embeddings).sum(dim=-1)


def open_peer(questions):
    decoder = DecoderMBR(DecoderMBR.Config(), CosineMetric(sys.argv[1]))

    def work():
        outputs = [decoder.decode(texts, texts) for texts in questions]
        return [{"winner": output.idx[0], "score": output.score[0]} for output in outputs]

    return work


serve(["mbrs", "sentence-transformers"], open_peer)
