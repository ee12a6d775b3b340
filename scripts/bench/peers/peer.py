"""How every peer is asked: by lines on stdin, answered by lines of JSON on stdout. The work runs on one thread, or with
SEALONG_BENCH_THREADS=default on as many as its libraries take.

The first line of input is a JSON list; it is answered by {"versions"}. Then each line `run` does the work once and is
answered by {"wall_s", "cpu_s"}; `result` is answered by what the last run gave.
"""

import json
import os
import sys
import time
from importlib.metadata import version

# Before the libraries that read them at import; PyTorch goes by the first.
if os.environ.get("SEALONG_BENCH_THREADS") != "default":
    for library in ("OMP", "MKL", "OPENBLAS"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["HF_HUB_OFFLINE"] = "1"


def serve(packages, open_peer):
    """`open_peer(given)` loads models and gives the work: a function without arguments whose result JSON can hold."""
    given = json.loads(sys.stdin.readline())
    work = open_peer(given)
    answer({"versions": {name: version(name) for name in packages}})
    result = None
    for line in sys.stdin:
        if line.strip() == "result":
            answer(result)
            continue
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        answer({"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu})


def answer(value):
    print(json.dumps(value), flush=True)
