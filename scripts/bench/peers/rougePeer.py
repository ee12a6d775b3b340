"""ROUGE F1 of all pairs of texts, each pair once. usage: rougePeer.py rouge1|rougeL; given: the texts."""

import sys

from peer import serve

from rouge_score.rouge_scorer import RougeScorer


def open_peer(texts):
    measure = sys.argv[1]
    scorer = RougeScorer([measure], use_stemmer=False)

    def work():
        return [
            [scorer.score(reference, candidate)[measure].fmeasure for reference in texts[i:]]
            for i, candidate in enumerate(texts)
        ]

    return work


serve(["rouge-score"], open_peer)
