#!/bin/sh
# Makes the locks from the .in files again: versions with hashes, no addresses. Needs uv.
set -eu
cd "$(dirname "$0")"
compile() {
  DS_BUILD_OPS=0 DS_ACCELERATOR=cpu uv pip compile --quiet --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header "$@"
}
# DeepSpeed comes as source and is built where torch is there already: it has a lock of its own.
compile --no-emit-package deepspeed requirements.in -o requirements.txt
compile --no-emit-package deepspeed requirements-test.in -o requirements-test.txt
grep '^deepspeed==' requirements.in | compile --no-deps - -o requirements-deepspeed.txt
