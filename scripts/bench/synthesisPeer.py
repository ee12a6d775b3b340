"""Grows contexts as `sealong synthesize` does, with HuggingFace tokenizers: what the bench measures beside.

usage: synthesisPeer.py grow TOKENIZER QUESTIONS COLLECTION OUT MIN MAX
       synthesisPeer.py count TOKENIZER QUESTIONS EVERY

`grow` writes a line of JSON for each question: the related documents, then others at random without
replacement while they fit a target drawn from MIN to MAX tokens, all shuffled, under lines "Passage {i}:".
Each document is tokenised once. `count` prints the tokens of every EVERY-th context of a questions.jsonl,
counted as a whole: what a summary says is checked by it.
"""

import json
import random
import sys

from tokenizers import Tokenizer

MOST_MISFITS = 16
BATCH = 64
# Fewer tokens than the mean of a document, so that enough of them are drawn for a target.
LEAST_TOKENS = 40


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


class Counts:
    """Tokens of documents by their place in the collection, each found out once."""

    def __init__(self, tokenizer, documents):
        self.tokenizer = tokenizer
        self.documents = documents
        self.counts = [None] * len(documents)

    def of(self, places):
        missing = [place for place in places if self.counts[place] is None]
        if missing:
            texts = [self.documents[place] for place in missing]
            encoded = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
            for place, one in zip(missing, encoded, strict=True):
                self.counts[place] = len(one)
        return [self.counts[place] for place in places]


def count(tokenizer, text):
    return len(tokenizer.encode(text, add_special_tokens=False))


def grow(tokenizer, questions, collection, out, least, most):
    documents = [f"{row['title']}\n{row['text']}\n" for row in lines_of(collection)]
    titles = [row["title"] for row in lines_of(collection)]
    counts = Counts(tokenizer, documents)
    headings = {}

    def heading(number):
        if number not in headings:
            headings[number] = count(tokenizer, f"Passage {number}:\n")
        return headings[number]

    made = 0
    with open(out, "w", encoding="utf-8") as file:
        for question in lines_of(questions):
            draw = random.Random(f"42 {question['id']}")
            target = 1024 * draw.randint(least // 1024, most // 1024)
            related = [f"{row['title']}\n{row['text']}\n" for row in question["documents"]]
            barred = {row["title"] for row in question["documents"]}
            chosen = list(related)
            filled = sum(count(tokenizer, text) + heading(i + 1) for i, text in enumerate(related))
            drawn = min(len(documents), target // LEAST_TOKENS)
            order = iter(draw.sample(range(len(documents)), drawn))
            misfits = 0
            while misfits < MOST_MISFITS:
                places = [place for _, place in zip(range(BATCH), order)]
                if not places:
                    break
                for place, tokens in zip(places, counts.of(places), strict=True):
                    if titles[place] in barred or misfits == MOST_MISFITS:
                        continue
                    more = tokens + heading(len(chosen) + 1)
                    if filled + more > target:
                        misfits += 1
                        continue
                    misfits = 0
                    filled += more
                    chosen.append(documents[place])
            draw.shuffle(chosen)
            context = "".join(f"Passage {i + 1}:\n{text}" for i, text in enumerate(chosen))[:-1]
            record = {
                "id": question["id"],
                "question": question["question"],
                "context": context,
                "context_tokens": filled,
            }
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            made += filled
    print(json.dumps({"tokens": made}))


def main():
    verb, tokenizer, questions, *rest = sys.argv[1:]
    loaded = Tokenizer.from_file(tokenizer)
    if verb == "grow":
        collection, out, least, most = rest
        grow(loaded, questions, collection, out, int(least), int(most))
        return
    every = int(rest[0])
    rows = enumerate(lines_of(questions))
    print(json.dumps([count(loaded, row["context"]) for at, row in rows if at % every == 0]))


if __name__ == "__main__":
    main()
