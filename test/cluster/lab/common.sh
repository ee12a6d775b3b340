# Shared by up.sh and down.sh; sourced, not run. LAB is the folder of everything that the lab makes: a short path, since
# sockets lie below it, which every user can read.
LAB="${LAB:?set LAB to the folder of the lab}"
SCRIPTS="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
ETC="$LAB/etc" RUN="$LAB/run" LOG="$LAB/log" STATE="$LAB/state" KEYS="$LAB/keys" HOMES="$LAB/home"
LOGIN_USER="${LOGIN_USER:?set LOGIN_USER to a user that is to be made: another for each lab}"
P_BASTION="${P_BASTION:-22201}" P_LOGIN="${P_LOGIN:-22202}"
P_CTLD="${P_CTLD:-26817}" P_SLURMD="${P_SLURMD:-26818}" P_DBD="${P_DBD:-26820}" P_DB="${P_DB:-26836}"
NODES="${NODES:-2}"            # virtual h100 nodes
DBD="${DBD:-0}"                # 1 = also mariadb + slurmdbd (real sacct)
MIN_JOB_AGE="${MIN_JOB_AGE:-600}" # seconds after which squeue forgets a job that is over
# Users besides, by the name of their login shell.
SHELL_USERS="${SHELL_USERS:-}"
# More of the environment of Slurm's daemons and of those who log in, as NAME=VALUE words.
LAB_ENV="${LAB_ENV:-}"
startticks() { # start time of pid, survives comm with spaces
  local s; s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; s="${s##*) }"; set -- $s; echo "${20}"; }
alive() { # NAME -> 0 when the very process we started still runs (pid + start time)
  local p t s; [ -f "$RUN/$1.pid" ] || return 1; read -r p t <"$RUN/$1.pid"; [ "$(startticks "$p")" = "$t" ] || return 1
  s=$(cat "/proc/$p/stat" 2>/dev/null) || return 1; s="${s##*) }"; [ "${s%% *}" != Z ]; } # an unreaped zombie is dead
pid_of() { local p t; read -r p t <"$RUN/$1.pid" && echo "$p"; }
start() { # NAME CMD... : detached, foreground-mode daemon, pid + start time recorded
  local n="$1" p; shift; alive "$n" && return 0
  setsid nohup "$@" </dev/null >>"$LOG/$n.out" 2>&1 & p=$!
  # setsid execs in place when the caller is not a group leader, so $p is the daemon
  echo "$p $(startticks "$p")" >"$RUN/$n.pid"; }
wait_for() { # SECONDS WHAT CMD... : deadline, each try bounded
  local end=$((SECONDS+$1)) w="$2"; shift 2
  while :; do if [ "$(type -t "$1")" = function ]; then "$@"; else timeout 5 "$@"; fi >/dev/null 2>&1 && return 0
    [ $SECONDS -ge $end ] && { echo "up.sh: timed out waiting for $w" >&2; return 1; }; sleep 0.05; done; }
