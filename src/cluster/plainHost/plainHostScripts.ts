/** Whether the process written down in `pid` runs: number, start time and boot must hold, since numbers are used again. */
const ALIVE = `
boot() { cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.bootsessionuuid 2>/dev/null || echo unknown; }
started_at() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
state_of() { sed 's/.*) //;s/ .*//' "/proc/$1/stat" 2>/dev/null; }
alive() {
  [ -s pid ] || return 1
  read -r pid_ start_ boot_ <pid
  [ "$boot_" = "$(boot)" ] && [ "$(started_at "$pid_")" = "$start_" ] && [ "$(state_of "$pid_")" != Z ]
}
`;

/**
 * Starts `run.sh` of `$folder` in a session of its own, once: of several tries the one goes on that put its process into `pid`
 * first, so that a try that ends before that leaves nothing which keeps another from starting. Where there are no links, the
 * folder `started` is made by one try alone.
 */
export const START = `${ALIVE}
cd -- "$folder" || exit 66
tell() { [ -s pid ] && printf 'id %s\\n' "$(cut -d' ' -f1 pid)"; }
if ! [ -e pid ]; then
  # Whether anything can be written here.
  said=$(mkdir "starting.$$" 2>&1) || { printf '%s\\n' "$said" >&2; exit 65; }
  rmdir "starting.$$"
  # What the job writes is as its user has it; its folder is closed to others.
  umask "$sealong_umask"
  setsid nohup sh -c '
    own="pid.$$"
    start=$(sed "s/.*) //" /proc/$$/stat | cut -d" " -f20)
    printf "%s %s %s\\n" "$$" "$start" "$1" >"$own" || exit 1
    if ln "$own" pid 2>/dev/null; then rm -f "$own"
    elif ! [ -e pid ] && mkdir started; then mv "$own" pid
    else rm -f "$own"; exit 0; fi
    if command -v bash >/dev/null; then bash ./run.sh; else sh ./run.sh; fi
    status=$?
    [ -s exit ] || { printf "%s\\n" "$status" >exit.tmp && mv exit.tmp exit; }
  ' sealong "$(boot)" </dev/null >>log.txt 2>&1 &
fi
tries=0
until tell; do
  tries=$((tries + 1))
  [ "$tries" -gt 100 ] && { echo 'it did not start within 10 seconds' >&2; exit 75; }
  sleep 0.1
done
`;

/** A line a folder: how the job stands, its exit status or -, and the folder. */
export const SIGHT = `${ALIVE}
printf '%s\\n' "$folders" | while IFS= read -r one; do
  cd -- "$one" 2>/dev/null || continue
  if [ -e cancelled ] && ! alive; then word='cancelled -'
  elif alive; then word='running -'
  elif [ -s exit ]; then word="ended $(cat exit)"
  elif [ -s pid ]; then word='lost -'
  else word='prepared -'; fi
  printf '%s %s\\n' "$word" "$one"
done
`;

/** Ends the whole session of the job: by SIGTERM, so that the trainer can save a checkpoint, then by SIGKILL. */
export const CANCEL = `${ALIVE}
cd -- "$folder" || exit 66
members() { cat /proc/[0-9]*/stat 2>/dev/null | sed 's/.*) //' | awk -v group="$1" '$3==group && $1!="Z" {n++} END {exit !n}'; }
alive || exit 0
: >cancelled
kill -TERM "-$pid_"
tries=0
while members "$pid_" && [ "$tries" -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
if members "$pid_"; then kill -KILL "-$pid_"; sleep 0.3; fi
if members "$pid_"; then echo 'it does not end, even at SIGKILL' >&2; exit 1; fi
`;
