import type { Cluster } from './clusterProfile.ts';
import { quoted } from './ssh/remoteScript.ts';

export interface JobScriptInput {
  cluster: Cluster;
  /** At the scheduler. */
  name: string;
  /** Absolute, on the cluster. */
  jobFolder: string;
  trainerFolder: string;
}

/** How long before the time limit Slurm warns, so that a checkpoint of a large adapter can still be written. */
const WARNING_S = 180;

/**
 * The script of a training job, for people to read before it is sent. The trainer finds a checkpoint of an earlier start by
 * itself; `exit` holds its exit status, written when it is over.
 */
export function jobScript(input: JobScriptInput): string {
  const { cluster, jobFolder, trainerFolder } = input;
  const { profile } = cluster;
  return [
    // A login shell, where sites make `module` known.
    '#!/bin/bash -l',
    ...(profile.scheduler === 'slurm' ? slurmLines(input) : []),
    '',
    `job_folder=${quoted(jobFolder)}`,
    `trainer_folder=${quoted(trainerFolder)}`,
    `python=${quoted(profile.python)}`,
    'cd -- "$job_folder" || exit 66',
    // The job itself says who it is: a submission whose answer was lost is found by it.
    ...(profile.scheduler === 'slurm'
      ? [
          'printf "%s\\n" "$SLURM_JOB_ID" >scheduler_id.tmp && mv scheduler_id.tmp scheduler_id',
          'printf "%s\\n" "$SLURMD_NODENAME" >node',
        ]
      : ['hostname >node']),
    'rm -f exit',
    '',
    ...(profile.setup.length === 0
      ? []
      : [`# Set-up lines of the cluster "${cluster.name}"`, ...profile.setup, '']),
    'export PYTHONPATH="$trainer_folder${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1',
    '# Warnings of the scheduler reach the trainer, which saves a checkpoint and ends.',
    '"$python" -m sealong_trainer recipe.json &',
    'trainer=$!',
    'trap \'kill -USR1 "$trainer"\' USR1',
    'trap \'kill -TERM "$trainer"\' TERM INT',
    'wait "$trainer"; status=$?',
    'while kill -0 "$trainer" 2>/dev/null; do wait "$trainer"; status=$?; done',
    'printf "%s\\n" "$status" >exit.tmp && mv exit.tmp exit',
    'exit "$status"',
    '',
  ].join('\n');
}

function slurmLines({ cluster: { profile }, name }: JobScriptInput): string[] {
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
    ['signal', `B:USR1@${WARNING_S}`],
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
