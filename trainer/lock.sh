#!/bin/sh
# Makes the locks from the .in files again: versions with hashes, no addresses. Needs uv.
set -eu
cd "$(dirname "$0")"
compile() {
  DS_BUILD_OPS=0 uv pip compile --quiet --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header "$@"
}
# DeepSpeed comes as source and is built where torch is there already: it has a lock of its own.
grep '^deepspeed==' requirements.in | compile --no-deps - -o requirements-deepspeed.txt
compile --no-emit-package deepspeed requirements.in -o requirements.txt
# The tests take the torch that they share with the benchmarks (scripts/setup/torch.txt).
shared=$(sed -n 's/^\([a-z0-9-]*\)==.*/--no-emit-package \1/p' ../scripts/setup/torch.txt | sort -u)
# shellcheck disable=SC2086
compile --no-emit-package deepspeed $shared requirements-test.in -o requirements-test.txt
