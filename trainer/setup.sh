#!/bin/sh
# Makes the trainer's Python environment, for instance on the login node of a cluster.
#
#   ./setup.sh [--env DIR] [--python PYTHON | --conda PREFIX] [--module NAME]... [--wheels DIR]
#   ./setup.sh --download DIR     fills a wheelhouse, on a machine that has the network
#
#   --env DIR       where it goes (default: .venv beside this file)
#   --python PY     the Python to start from, 3.11 or newer (default: the newest on the PATH)
#   --conda PREFIX  that of a conda environment
#   --module NAME   an environment module to load first; DIR/modules.txt keeps the names
#   --wheels DIR    install from a wheelhouse alone: no network is asked
#
# uv is used where it is on the PATH, pip else. Every package is checked against the hash in the lock.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
env=$here/.venv
python=
wheels=
download=

modules=

fail() { echo "setup: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) sed -n '2,/^set -eu/p' "$0" | sed '$d; s/^# \{0,1\}//'; exit 0 ;;
    --env | --python | --conda | --module | --wheels | --download) ;;
    *) fail "$1 is not known; --help lists the options" ;;
  esac
  [ $# -gt 1 ] || fail "$1 needs a value"
  case $1 in
    --env) env=$2 ;;
    --python) python=$2 ;;
    --conda) python=$2/bin/python ;;
    --module) modules="$modules $2" ;;
    --wheels) wheels=$(cd "$2" && pwd) || fail "$2 is no folder" ;;
    --download) mkdir -p "$2" && download=$(cd "$2" && pwd) || fail "$2 cannot be made" ;;
  esac
  shift 2
done

if [ -n "$modules" ]; then
  for start in "${LMOD_PKG:-/nowhere}/init/sh" "${MODULESHOME:-/nowhere}/init/sh" \
    /etc/profile.d/lmod.sh /etc/profile.d/modules.sh; do
    # shellcheck disable=SC1090
    if [ -r "$start" ]; then set +u; . "$start"; set -u; break; fi
  done
  command -v module >/dev/null || fail "this machine has no environment modules (--module)"
  for name in $modules; do module load "$name" || fail "module load $name failed"; done
fi

is_new_enough() {
  "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}
if [ -z "$python" ]; then
  for name in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$name" >/dev/null && is_new_enough "$name"; then python=$name; break; fi
  done
  [ -n "$python" ] || fail "no Python 3.11 or newer with its venv module is on the PATH. Name one with --python, --conda or --module."
fi
is_new_enough "$python" || fail "$python is not there, older than 3.11, or without its venv module"

cd "$here"
# DeepSpeed is source: its kernels are compiled at first use, by the machine that has the GPU.
export DS_BUILD_OPS=0
if [ -n "$download" ]; then
  "$python" -m pip download --disable-pip-version-check --no-deps --require-hashes \
    --only-binary :all: -d "$download" -r requirements.txt
  "$python" -m pip download --disable-pip-version-check --no-deps --require-hashes \
    -d "$download" -r requirements-deepspeed.txt
  echo "setup: the wheelhouse is in $download"
  exit 0
fi

if command -v uv >/dev/null; then
  uv venv --quiet --allow-existing --python "$python" "$env"
  install() {
    uv pip install --quiet --python "$env/bin/python" --require-hashes \
      ${wheels:+--no-index --find-links "$wheels"} "$@"
  }
else
  "$python" -m venv "$env"
  install() {
    "$env/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
      ${wheels:+--no-index --find-links "$wheels"} "$@"
  }
fi
install --only-binary :all: -r requirements.txt
if [ "$(uname -s)" = Linux ]; then
  install --no-deps --no-build-isolation -r requirements-deepspeed.txt
fi
[ -z "$modules" ] || printf '%s\n' $modules > "$env/modules.txt"
# The package itself is run from this folder.
echo "$here" > "$("$env/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/sealong_trainer.pth"
echo "setup: done. Look with: $env/bin/python -m sealong_trainer doctor"
