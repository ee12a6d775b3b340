#!/usr/bin/env bash
# Stops exactly the processes up.sh recorded (pid + start time must match). --purge also removes state and the user.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
export SLURM_CONF="$ETC/slurm.conf"
# end the lab's own jobs first, so no slurmstepd is left behind
if alive slurmctld 2>/dev/null; then timeout 5 scancel -f $(timeout 5 squeue -h -o %A 2>/dev/null) 2>/dev/null; for _ in $(seq 40); do [ -z "$(timeout 5 squeue -h 2>/dev/null)" ] && break; sleep .25; done; fi
order="slurmctld"; for f in "$RUN"/slurmd_*.pid; do [ -e "$f" ] && order+=" $(basename "$f" .pid)"; done
for n in $order slurmdbd mariadb munged sshd_login sshd_bastion; do
  [ -f "$RUN/$n.pid" ] || continue
  if alive "$n"; then p=$(pid_of "$n"); kill -TERM "$p"; for _ in $(seq 100); do alive "$n" || break; sleep .1; done
    alive "$n" && { echo "down.sh: $n ($p) ignored TERM, KILL" >&2; kill -KILL "$p"; }; echo "stopped $n $p"; fi
  rm -f "$RUN/$n.pid"
done
if [ "${1:-}" = --purge ]; then
  [ -f "$STATE/created-users" ] && while read -r u; do pkill -KILL -u "$u"; sleep 0.1; userdel "$u"; done <"$STATE/created-users"
  rm -rf "$ETC" "$RUN" "$LOG" "$STATE" "$KEYS" "$HOMES" "$LAB/bin" "$LAB/dev"
fi
