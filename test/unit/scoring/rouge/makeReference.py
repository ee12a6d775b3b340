#!/usr/bin/env python3
"""Reference values by PyPI rouge_score for the parity test.

pip install rouge-score==0.1.2
usage: makeReference.py

Pairs: all of texts.json with one another, then GENERATED pairs of a seeded generator that the test has too. Written to
reference.gz: for each pair, without and then with stemming, the F1 of rouge1, rouge2 and rougeL as little-endian float64,
and to stems.json: stems by NLTK of generated words, some in full and all as digests of blocks.
"""

import gzip
import hashlib
import json
import struct
from pathlib import Path

import nltk
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer

HERE = Path(__file__).parent
GENERATED = 1500
WORDS = 20_000
BLOCK = 500
SHOWN = 300
TYPES = ["rouge1", "rouge2", "rougeL"]

BEGINNINGS = (
    "a be ca de e fi gra ho in jo ki lo ma ne o pre qua re sky tri un va wy ye sy zo di tie lie howe proc exc succ nat"
    " rat oper sens dep conn trouble fl cr sl agr pl ly dy b0 x7 inn out cann"
).split()
MIDDLES = [*"l s t z b n v y".split(), *"ll ss zz tt pp at bl iz ion ent ali ous er iv og abl".split(), ""]
ENDINGS = (
    " s es ies ed eed ied ing ings y ly li ational tional enci anci izer bli abli alli entli eli ousli ization ation ator"
    " alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence er ic"
    " able ible ant ement ment ent ion sion tion ou ism ate iti ous ive ize e ll lle ying sses ss 9"
).split(" ")
PLAIN = "the lighthouse was built by Ada Morven , who taught at Wye ; so - answer : Café is in 1874 . Tōkyō 😀 (a) it".split()
SPACES = [" ", " ", " ", " ", " ", "\n", ", ", " — "]


class Xorshift:
    def __init__(self, seed: int) -> None:
        self.state = seed

    def below(self, limit: int) -> int:
        x = self.state
        x ^= (x << 13) & 0xFFFFFFFF
        x ^= x >> 17
        x ^= (x << 5) & 0xFFFFFFFF
        self.state = x
        return x % limit

    def of(self, items: list[str]) -> str:
        return items[self.below(len(items))]


def base(random: Xorshift) -> str:
    made = random.of(BEGINNINGS)
    for _ in range(random.below(3)):
        made += random.of(MIDDLES)
    return made


def word(random: Xorshift) -> str:
    return base(random) + random.of(ENDINGS)


def pair(random: Xorshift) -> tuple[str, str]:
    """Two texts over a small vocabulary of inflected words, the second partly made of runs of the first."""
    bases = [base(random) for _ in range(1 + random.below(8))]
    vocabulary = [random.of(bases) + random.of(ENDINGS) for _ in range(1 + random.below(60))]
    pool = vocabulary + PLAIN
    first = [random.of(pool) for _ in range(random.below(120))]
    second: list[str] = []
    for _ in range(random.below(12)):
        if first and random.below(2) == 1:
            start = random.below(len(first))
            second += first[start : start + 1 + random.below(12)]
        else:
            second += [random.of(pool) for _ in range(random.below(12))]
    return joined(random, first), joined(random, second)


def joined(random: Xorshift, words: list[str]) -> str:
    text = ""
    for item in words:
        text += (item.upper() if random.below(8) == 0 else item) + random.of(SPACES)
    return text


def main() -> None:
    texts = list(json.loads((HERE / "texts.json").read_text(encoding="utf-8")).values())
    pairs = [(a, b) for i, a in enumerate(texts) for b in texts[i:]]
    random = Xorshift(2411)
    pairs += [pair(random) for _ in range(GENERATED)]
    scorers = [RougeScorer(TYPES, use_stemmer=stemming) for stemming in (False, True)]
    values = []
    for candidate, reference in pairs:
        for scorer in scorers:
            scores = scorer.score(reference, candidate)
            values += [scores[name].fmeasure for name in TYPES]
    packed = struct.pack(f"<{len(values)}d", *values)
    (HERE / "reference.gz").write_bytes(gzip.compress(packed, 9, mtime=0))

    random = Xorshift(8147)
    stemmer = PorterStemmer()
    words = [word(random) for _ in range(WORDS)]
    stems = [stemmer.stem(made) for made in words]
    blocks = [stems[start : start + BLOCK] for start in range(0, WORDS, BLOCK)]
    document = {
        "made_by": f"nltk {nltk.__version__}",
        "stems": " ".join(f"{a}:{b}" for a, b in zip(words[:SHOWN], stems, strict=False)),
        "digests": [hashlib.sha256("\n".join(block).encode()).hexdigest()[:12] for block in blocks],
    }
    (HERE / "stems.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(len(pairs), "pairs")


if __name__ == "__main__":
    main()
