import type { Cluster } from './clusterProfile.ts';
import { quoted } from './ssh/remoteScript.ts';

export interface JobFrame {
  cluster: Cluster;
  /** At the scheduler. */
  name: string;
  /** Absolute, on the cluster. */
  jobFolder: string;
  /** Seconds before the time limit at which the scheduler warns; not where absent. */
  warningS?: number;
  /** The scheduler's id of a job whose end is waited for. */
  after?: string;
}

export interface JobScriptInput extends JobFrame {
  trainerFolder: string;
  /** Folder of the job whose checkpoints are gone on from. */
  from?: string;
  /** Folders of jobs whose end is waited for, on a host without scheduler. */
  behind?: readonly string[];
}

/** How long before the time limit Slurm warns, so that a checkpoint of a large adapter can still be written. */
const WARNING_S = 180;

const WAIT_BEHIND = [
  '# One after another: the GPUs of this host are for one job at a time',
  'under_way() {',
  '  printf "%s\\n" "$earlier_folders" | while IFS= read -r one; do',
  '    [ -s "$one/pid" ] && [ ! -s "$one/exit" ] || continue',
  '    read -r earlier _ <"$one/pid"',
  '    kill -0 "$earlier" 2>/dev/null && echo "$one" && break',
  '  done',
  '}',
  `printf '{"schema": 1, "phase": "waiting", "step": 0, "of": null, "eta_s": null, "error": null}\\n' >state.json`,
  'while [ -n "$(under_way)" ]; do sleep 1; done',
  '',
];

/** Checkpoints of another job become this one's, once that has ended: by links, which cost no room. */
const GO_ON = [
  '# Goes on where another job ended',
  'if [ ! -d checkpoints ]; then',
  '  if [ -s "$from_folder/pid" ] && [ -z "${SLURM_JOB_ID:-}" ]; then',
  '    read -r earlier _ <"$from_folder/pid"',
  '    while [ ! -s "$from_folder/exit" ] && kill -0 "$earlier" 2>/dev/null; do sleep 1; done',
  '  fi',
  '  rm -rf checkpoints.part',
  '  if [ -d "$from_folder/checkpoints" ]; then',
  '    cp -al "$from_folder/checkpoints" checkpoints.part 2>/dev/null || { rm -rf checkpoints.part; cp -a "$from_folder/checkpoints" checkpoints.part; } || exit 66',
  '    cp "$from_folder/metrics.jsonl" metrics.jsonl 2>/dev/null',
  '    mv checkpoints.part checkpoints',
  '  fi',
  'fi',
  '',
];

/**
 * The script of a training job, for people to read before it is sent. The trainer finds a checkpoint of an earlier start by
 * itself.
 */
export function jobScript({ trainerFolder, from, behind = [], ...frame }: JobScriptInput): string {
  const values = {
    trainer_folder: trainerFolder,
    ...(from === undefined ? {} : { from_folder: from }),
    ...(behind.length === 0 ? {} : { earlier_folders: behind.join('\n') }),
  };
  return framedScript({ warningS: WARNING_S, ...frame }, values, [
    ...(behind.length === 0 ? [] : WAIT_BEHIND),
    ...(from === undefined ? [] : GO_ON),
    'export PYTHONPATH="$trainer_folder${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1',
    '# Warnings of the scheduler reach the trainer, which saves a checkpoint and ends.',
    '"$python" -m sealong_trainer recipe.json &',
    'trainer=$!',
    'trap \'kill -USR1 "$trainer"\' USR1',
    'trap \'kill -TERM "$trainer"\' TERM INT',
    ...waitFor('trainer'),
  ]);
}

/**
 * Waits for a process of the script, whose number is in a variable, and leaves its exit status in `status`. A signal ends the
 * waiting and not the process, which may have ended of the same signal before it is looked at again: its own status is then
 * asked for once more.
 */
export function waitFor(variable: string): string[] {
  return [
    `wait "$${variable}"; status=$?`,
    'while [ "$status" -gt 128 ]; do',
    `  if kill -0 "$${variable}" 2>/dev/null; then wait "$${variable}"; status=$?; continue; fi`,
    `  wait "$${variable}"; again=$?`,
    '  [ "$again" -eq 127 ] || status=$again',
    '  break',
    'done',
  ];
}

/**
 * The script of an array: its task number k is the job whose folder stands in line k of `members`, as it would be alone. Each writes
 * its log where it is looked for.
 */
export function arrayScript(frame: JobFrame, tasks: number, atOnce: number | undefined): string {
  const range = `0-${tasks - 1}${atOnce === undefined ? '' : `%${atOnce}`}`;
  return [
    '#!/bin/bash -l',
    `#SBATCH --array=${range}`,
    ...slurmLines({ warningS: WARNING_S, ...frame }),
    '',
    `cd -- ${quoted(frame.jobFolder)} || exit 66`,
    'printf "%s\\n" "$SLURM_ARRAY_JOB_ID" >scheduler_id.$SLURM_ARRAY_TASK_ID && mv scheduler_id.$SLURM_ARRAY_TASK_ID scheduler_id',
    'folder=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" members)',
    'cd -- "$folder" || exit 66',
    'exec bash -l ./run.sh >>log.txt 2>&1',
    '',
  ].join('\n');
}

/**
 * What all jobs have in common: where they are, who they are, the cluster's set-up lines, and `exit` with the exit status,
 * written when it is over.
 *
 * @param values become variables of the script.
 * @param body leaves its exit status in `status`.
 */
export function framedScript(
  frame: JobFrame,
  values: Readonly<Record<string, string>>,
  body: readonly string[],
): string {
  const { profile, name } = frame.cluster;
  return [
    // A login shell, where sites make `module` known.
    '#!/bin/bash -l',
    ...(profile.scheduler === 'slurm' ? slurmLines(frame) : []),
    '',
    `job_folder=${quoted(frame.jobFolder)}`,
    ...Object.entries(values).map(([variable, value]) => `${variable}=${quoted(value)}`),
    `python=${quoted(profile.python)}`,
    'case $python in "~/"*) python=$HOME/${python#"~/"} ;; esac',
    'cd -- "$job_folder" || exit 66',
    // The job itself says who it is: a submission whose answer was lost is found by it.
    ...(profile.scheduler === 'slurm'
      ? [
          'printf "%s\\n" "${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_}${SLURM_ARRAY_TASK_ID:-$SLURM_JOB_ID}" >scheduler_id.tmp && mv scheduler_id.tmp scheduler_id',
          'printf "%s\\n" "$SLURMD_NODENAME" >node',
        ]
      : ['hostname >node']),
    // A line a start: also one that the scheduler made by itself.
    'printf "%s %s %s\\n" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$(cat node)" "${SLURM_JOB_ID:-}" >>starts.txt',
    'rm -f exit',
    '',
    ...(profile.setup.length === 0
      ? []
      : [`# Set-up lines of the cluster ${JSON.stringify(name)}`, ...profile.setup, '']),
    ...body,
    'printf "%s\\n" "$status" >exit.tmp && mv exit.tmp exit',
    'exit "$status"',
    '',
  ].join('\n');
}

function slurmLines({ cluster: { profile }, name, warningS, after }: JobFrame): string[] {
  const gpus =
    profile.gpu_type === undefined ? profile.gpus : `${profile.gpu_type}:${profile.gpus}`;
  const lines: [string, string | number | undefined][] = [
    ['job-name', name],
    ['partition', profile.partition],
    ['account', profile.account],
    ['qos', profile.qos],
    ['nodes', 1],
    ['ntasks', 1],
    ['cpus-per-task', profile.cpus],
    ['mem', profile.memory_gb === undefined ? undefined : `${profile.memory_gb}G`],
    ['gres', profile.gpus === 0 ? undefined : `gpu:${gpus}`],
    ['time', profile.time],
    ['signal', warningS === undefined ? undefined : `B:USR1@${warningS}`],
    ['dependency', after === undefined ? undefined : `afterany:${after}`],
    ['output', 'log.txt'],
    ['open-mode', 'append'],
  ];
  return [
    ...lines
      .filter(([, value]) => value !== undefined)
      .map(([option, value]) => `#SBATCH --${option}=${value}`),
    '#SBATCH --requeue',
  ];
}
