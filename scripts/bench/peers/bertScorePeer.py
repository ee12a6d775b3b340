"""BERTScore F1 of all pairs of texts, each pair once. usage: bertScorePeer.py MODEL_FOLDER MAX_TOKENS; given: the texts.

bert_score.score() knows models by name; these are the steps that it does, with its batches of 64, for a model of a folder.
"""

import sys
from collections import defaultdict

from peer import serve

from bert_score.utils import bert_cos_score_idf
from transformers import AutoModel, AutoTokenizer


def open_peer(texts):
    tokenizer = AutoTokenizer.from_pretrained(sys.argv[1])
    tokenizer.model_max_length = int(sys.argv[2])
    model = AutoModel.from_pretrained(sys.argv[1]).eval()
    idf = defaultdict(lambda: 1.0)
    idf[tokenizer.sep_token_id] = 0
    idf[tokenizer.cls_token_id] = 0
    pairs = [(i, j) for i in range(len(texts)) for j in range(i, len(texts))]
    candidates = [texts[i] for i, _ in pairs]
    references = [texts[j] for _, j in pairs]

    def work():
        values = bert_cos_score_idf(model, references, candidates, tokenizer, idf, device="cpu")
        return values[:, 2].tolist()

    return work


serve(["bert-score", "transformers", "torch"], open_peer)
