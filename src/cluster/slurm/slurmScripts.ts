/** Exit statuses of {@link SUBMIT}. */
export const SUBMIT_STATUS = { refused: 65, unclear: 75 } as const;

/** Users set these for what they like to see: they would hide jobs from us, or refuse the format that is asked for. */
const AS_ASKED = `
unset SQUEUE_FORMAT SQUEUE_FORMAT2 SQUEUE_STATES SQUEUE_USERS SQUEUE_NAMES SQUEUE_PARTITION SQUEUE_ACCOUNT SQUEUE_QOS SQUEUE_SORT
unset SACCT_FORMAT
`;

/**
 * Submits `run.sh` of `$folder` once. What stands in the way of a second job, in this order: the id that an earlier try or the
 * job itself wrote down; the queue and the accounts, asked for the job's name; and one submitter at a time, whose lock
 * names its process, since a cut connection leaves it working.
 */
export const SUBMIT = `${AS_ASKED}
cd -- "$folder" || exit ${SUBMIT_STATUS.refused}
tell() { [ -s scheduler_id ] && printf 'id %s\\n' "$(cat scheduler_id)"; }
keep() { printf '%s\\n' "$1" >scheduler_id.tmp && mv scheduler_id.tmp scheduler_id; }
# Of what squeue or sacct wrote: wrappers of a site add lines.
first_id() { sed -n 's/^ *\\([0-9][0-9]*\\).*$/\\1/p' | head -n 1; }
tell && exit 0
tries=0
until mkdir submitting 2>/dev/null; do
  tell && exit 0
  # Nobody holds it, and it cannot be made: a full disk, or a folder that is gone.
  if ! [ -d submitting ]; then
    said=$(mkdir submitting 2>&1) && break
    [ -d submitting ] || { printf '%s\\n' "$said" >&2; exit ${SUBMIT_STATUS.refused}; }
  fi
  holder=$(cat submitting/holder 2>/dev/null || echo none)
  pid=\${holder#* }
  if [ "\${holder% *}" = "$(hostname)" ] && ! kill -0 "$pid" 2>/dev/null; then rm -rf submitting; continue; fi
  tries=$((tries + 1))
  if [ "$tries" -gt 120 ]; then rm -rf submitting; tries=0; fi
  sleep 0.5
done
trap 'rm -rf submitting' EXIT
printf '%s %s\\n' "$(hostname)" "$$" >submitting/holder
tell && exit 0
# A try that was cut off may have been taken: the first time nothing can be there.
if [ -e tried ]; then
  sleep 1
  queue=$(squeue -h -a -t all -n "$name" -o %F) || exit ${SUBMIT_STATUS.unclear}
  id=$(printf '%s\\n' "$queue" | first_id)
  [ -n "$id" ] || id=$(sacct -n -X -P -S now-30days --name "$name" -o JobID 2>/dev/null | first_id)
  if [ -n "$id" ]; then keep "$id"; tell; exit 0; fi
fi
: >tried || exit ${SUBMIT_STATUS.refused}
# What the job writes is as its user has it; its folder is closed to others.
answer=$(umask "$sealong_umask"; sbatch --parsable run.sh)
status=$?
id=$(printf '%s\\n' "$answer" | sed -n -e 's/^\\([0-9][0-9]*\\)\\(;.*\\)\\{0,1\\}$/\\1/p' -e 's/^Submitted batch job \\([0-9][0-9]*\\).*$/\\1/p' | tail -n 1)
if [ "$status" -eq 0 ] && [ -n "$id" ]; then keep "$id"; tell; exit 0; fi
# Told apart by asking: sbatch can fail after the job was taken.
queue=$(squeue -h -a -t all -n "$name" -o %F) || exit ${SUBMIT_STATUS.unclear}
id=$(printf '%s\\n' "$queue" | first_id)
if [ -n "$id" ]; then keep "$id"; tell; exit 0; fi
exit ${SUBMIT_STATUS.refused}
`;

/**
 * One call for all jobs. squeue forgets a job some minutes after its end and then fails for its id alone; sacct, asked only for
 * jobs that the queue does not show as under way, knows it longer where accounts are kept, and who cancelled it. An array is
 * asked for as a whole: tasks that never started stand there under one id, such as `12_[1-3]`.
 *
 * Times are seconds since 1970, with the host's own clock beside them. Nothing is written there: a disk may be full.
 */
export const SIGHT = `${AS_ASKED}
SLURM_TIME_FORMAT=%s SLURM_BITSTR_LEN=0; export SLURM_TIME_FORMAT SLURM_BITSTR_LEN
queue=$(squeue -h -a -r -t all -j "$ids" -o 'queue|%i|%T|%r|%S|%N' 2>&1) || case $queue in
  *nvalid*ob*id*) ;;
  *) printf '%s\\n' "$queue" >&2; exit 1 ;;
esac
printf 'now|%s\\n%s\\n' "$(date +%s)" "$queue"
past=
for id in $(printf '%s' "$ids" | tr , ' '); do
  case $queue in
    *"queue|$id|PENDING|"* | *"queue|$id|RUNNING|"*) continue ;;
  esac
  case ,$past, in *,"\${id%%_*}",*) ;; *) past=$past\${past:+,}\${id%%_*} ;; esac
done
[ -n "$past" ] || exit 0
accounts=$(sacct -n -X -P -j "$past" -o JobID,State,ExitCode,NodeList 2>/dev/null)
printf '%s\\n' "$accounts" | sed 's/^/account|/'
for user in $(printf '%s\\n' "$accounts" | sed -n 's/.*|CANCELLED by \\([0-9][0-9]*\\)|.*/\\1/p' | sort -u); do
  printf 'user|%s|%s\\n' "$user" "$(id -nu "$user" 2>/dev/null)"
done
exit 0
`;

/** Cancelling a job that is over is no failure. */
export const CANCEL = `
said=$(scancel "$id" 2>&1) && exit 0
case $said in *nvalid*ob*id*|*already*) exit 0 ;; esac
printf '%s\\n' "$said" >&2
exit 1
`;

export const REQUEUE = `scontrol requeue "$id"`;
