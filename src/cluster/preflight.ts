import { SealongError } from '../errors.ts';
import type { Cluster } from './clusterProfile.ts';
import type { SshHost } from './ssh/sshHost.ts';

/** One thing that was looked at before anything is sent. */
export interface Check {
  what: string;
  /** `warning`: the job may still run. */
  outcome: 'ok' | 'warning' | 'failed';
  /** What was found, and what to do where it is not as it should be. */
  detail: string;
}

export interface Preflight {
  checks: Check[];
  /** Absolute, on the host. */
  workdir: string;
}

export interface PreflightNeeds {
  /** What will be sent, in bytes. */
  bytes: number;
  /** The base model: a hub id, or a folder on the cluster. Absent where it is sent along. */
  model?: string;
  /** What its Python must have. */
  environment: Environment;
}

export interface Environment {
  what: string;
  modules: readonly string[];
  /** How to get it, where it is not there. */
  remedy: string;
}

export const TRAINER_ENVIRONMENT: Environment = {
  what: 'trainer environment',
  modules: ['torch', 'transformers', 'peft', 'accelerate'],
  remedy:
    "Make the environment with trainer/setup.sh and name its Python in the cluster's profile.",
};

/** Room for checkpoints, adapter and log beside what is sent. */
const ROOM_BYTES = 4 * 1024 ** 3;

const ASK = `
case $workdir in '~'|'~/'*) workdir=$HOME\${workdir#'~'} ;; esac
mkdir -p -- "$workdir" 2>/dev/null
# Of a link both it and what it leads to: neither may be anybody else's.
for one in data trainer models adapters jobs sweeps; do
  for of in "$(ls -ldn -- "$workdir/$one" 2>/dev/null)" "$(ls -ldnL -- "$workdir/$one" 2>/dev/null)"; do
    owner=$(printf '%s' "$of" | awk '{print $3}')
    case $owner in ''|0|"$(id -u)") ;; *) printf 'foreign %s %s\\n' "$one" "$(id -nu "$owner" 2>/dev/null || echo "$owner")" ;; esac
  done
done
printf 'workdir %s\\n' "$workdir"
if [ -d "$workdir" ] && [ -w "$workdir" ]; then
  printf 'free %s\\n' "$(df -Pk -- "$workdir" | awk 'NR==2 {print $4}')"
else echo unwritable; fi
if command -v quota >/dev/null; then quota -w 2>/dev/null | grep '[*]' | sed 's/^/quota /'; fi
command -v rsync >/dev/null && echo rsync
if [ "$scheduler" = slurm ]; then
  unset SINFO_FORMAT SINFO_PARTITION
  if command -v sbatch >/dev/null; then
    said=$(sinfo --version 2>&1) && printf 'slurm %s\\n' "$said"
    if said=$(sinfo -h -o 'part|%R|%a|%G|%l' 2>&1); then printf '%s\\n' "$said"
    else printf 'controller %s\\n' "$(printf '%s' "$said" | tail -n 1)"; fi
  fi
else
  printf 'gpus %s\\n' "$(nvidia-smi -L 2>/dev/null | grep -c '^GPU')"
  command -v setsid >/dev/null && echo setsid
fi
case $model in
  '~/'*) [ -e "$HOME\${model#'~'}" ] && echo model ;;
  /*) [ -e "$model" ] && echo model ;;
  *) cache=\${HF_HUB_CACHE:-\${HF_HOME:-$HOME/.cache/huggingface}/hub}
     [ -d "$cache/models--$(printf '%s' "$model" | sed 's#/#--#g')/snapshots" ] && echo model ;;
esac
# The set-up lines and the Python of the profile, as the job will meet them.
shell=$(command -v bash || command -v sh)
case $python in '~/'*) python=$HOME\${python#'~'} ;; esac
"$shell" -lc "$setup
printf 'python %s\\n' \\"\\$(\\"\\$0\\" -c \\"\\$1\\" \\"\\$2\\" 2>&1 | tail -n 1)\\"" "$python" "$probe" "$modules" 2>&1 | tail -n 3
exit 0
`;

/** Names what is missing without importing it: torch alone takes seconds. */
const PROBE = `
import sys
from importlib.util import find_spec
need = sys.argv[1].split()
print("%d.%d" % sys.version_info[:2], ",".join(n for n in need if find_spec(n) is None) or "-")
`;

/** Looks at the cluster before anything is sent there, in one call. */
export async function preflight(
  host: SshHost,
  cluster: Cluster,
  needs: PreflightNeeds,
  signal: AbortSignal,
): Promise<Preflight> {
  const { profile } = cluster;
  const answer = await host.mustRun(
    'Looking at the cluster',
    ASK,
    {
      workdir: profile.workdir,
      scheduler: profile.scheduler,
      model: needs.model ?? '',
      setup: profile.setup.join('\n'),
      python: profile.python,
      probe: PROBE,
      modules: needs.environment.modules.join(' '),
    },
    signal,
  );
  const lines = answer.split('\n');
  const valueOf = (name: string) =>
    lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1);
  const has = (name: string) => lines.includes(name);
  const workdir = valueOf('workdir') ?? profile.workdir;
  return {
    workdir,
    checks: [
      { what: 'connection', outcome: 'ok', detail: `${host.host} answers` },
      ownCheck(workdir, valueOf('foreign')) ??
        diskCheck(workdir, has('unwritable'), Number(valueOf('free')), needs.bytes),
      ...quotaCheck(valueOf('quota')),
      ...(profile.scheduler === 'slurm'
        ? slurmChecks(cluster, lines, valueOf('slurm'), valueOf('controller'))
        : hostChecks(cluster, Number(valueOf('gpus')), has('setsid'))),
      pythonCheck(cluster, needs.environment, valueOf('python')),
      modelCheck(needs.model, has('model')),
      {
        what: 'transfer',
        outcome: 'ok',
        detail: has('rsync') ? 'rsync: goes on where it was cut' : 'sftp: a cut file is sent anew',
      },
    ],
  };
}

/** @throws SealongError `preflight`, with all that is missing. */
export function mustBeReady(cluster: Cluster, checks: readonly Check[]): void {
  const failed = checks.filter(({ outcome }) => outcome === 'failed');
  if (failed.length === 0) return;
  const lines = failed.map(({ what, detail }) => `  ${what}: ${detail}`);
  throw new SealongError(
    'preflight',
    `The cluster "${cluster.name}" is not ready; nothing was sent.\n${lines.join('\n')}`,
  );
}

/** Jobs run the trainer that lies there: whoever owns its folder could run anything in this user's name. */
function ownCheck(workdir: string, foreign: string | undefined): Check | undefined {
  if (foreign === undefined) return undefined;
  const [folder = '', owner = ''] = foreign.split(' ');
  return {
    what: 'working folder',
    outcome: 'failed',
    detail: `${workdir}/${folder} belongs to ${owner}. Name a workdir of your own in the cluster's profile, such as a folder with your name in it.`,
  };
}

function diskCheck(workdir: string, unwritable: boolean, freeKb: number, bytes: number): Check {
  const what = 'working folder';
  if (unwritable)
    return {
      what,
      outcome: 'failed',
      detail: `${workdir} cannot be made or written. Name another workdir in the cluster's profile.`,
    };
  const free = freeKb * 1024;
  const detail = `${workdir}, ${gigabytes(free)} free`;
  if (free < bytes)
    return {
      what,
      outcome: 'failed',
      detail: `${detail}, ${gigabytes(bytes)} to send. Free some space.`,
    };
  return free < bytes + ROOM_BYTES
    ? { what, outcome: 'warning', detail: `${detail}: little for checkpoints` }
    : { what, outcome: 'ok', detail };
}

function quotaCheck(line: string | undefined): Check[] {
  if (line === undefined) return [];
  return [
    {
      what: 'quota',
      outcome: 'warning',
      detail: `A quota of yours is used up (${line.trim().split(/\s+/)[0] ?? ''}). Free some space there.`,
    },
  ];
}

function slurmChecks(
  { profile }: Cluster,
  lines: readonly string[],
  version: string | undefined,
  controller: string | undefined,
): Check[] {
  if (version === undefined)
    return [
      {
        what: 'scheduler',
        outcome: 'failed',
        detail: 'There is no sbatch on this host. Name a login host, or set scheduler to "none".',
      },
    ];
  if (controller !== undefined)
    return [
      {
        what: 'scheduler',
        outcome: 'failed',
        detail: `Slurm's controller does not answer (${controller}). Try again later.`,
      },
    ];
  const partitions = lines
    .filter((line) => line.startsWith('part|'))
    .map((line) => line.split('|').slice(1))
    .map(([name = '', up = '', gres = '', limit = '']) => ({ name, up, gres, limit }));
  const mine = partitions.filter(({ name }) =>
    profile.partition === undefined ? true : profile.partition.split(',').includes(name),
  );
  const names = [...new Set(partitions.map(({ name }) => name))].join(', ');
  const scheduler: Check = { what: 'scheduler', outcome: 'ok', detail: version.trim() };
  if (mine.length === 0)
    return [
      scheduler,
      {
        what: 'partition',
        outcome: 'failed',
        detail: `There is no partition "${profile.partition ?? ''}". There are: ${names}.`,
      },
    ];
  const up = mine.some((partition) => partition.up === 'up');
  return [
    scheduler,
    {
      what: 'partition',
      outcome: up ? 'ok' : 'warning',
      detail: `${profile.partition ?? 'the default'}${up ? '' : ' is not up: the job will wait'}`,
    },
    gpuCheck(
      profile,
      mine.map(({ gres }) => gres),
    ),
  ];
}

function gpuCheck(profile: Cluster['profile'], gres: readonly string[]): Check {
  const what = 'GPUs';
  if (profile.gpus === 0) return { what, outcome: 'ok', detail: 'none asked for' };
  const most = Math.max(0, ...gres.map((text) => gpusOf(text, profile.gpu_type)));
  const wanted = `${profile.gpus}${profile.gpu_type === undefined ? '' : ` ${profile.gpu_type}`}`;
  return most >= profile.gpus
    ? { what, outcome: 'ok', detail: `${wanted} on one node, of ${most}` }
    : {
        what,
        outcome: 'failed',
        detail: `No node has ${wanted} GPUs; the most is ${most} (${[...new Set(gres)].join(' ')}). Change gpus or gpu_type in the cluster's profile.`,
      };
}

/** Of a list such as `gpu:h100:8(S:0-1),gpu:a100:4`. */
function gpusOf(gres: string, type: string | undefined): number {
  const counts = [...gres.matchAll(/gpu(?::([A-Za-z][\w.-]*))?:(\d+)/g)]
    .filter(([, found]) => type === undefined || found === type)
    .map(([, , count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

function hostChecks({ profile }: Cluster, gpus: number, setsid: boolean): Check[] {
  return [
    setsid
      ? { what: 'scheduler', outcome: 'ok', detail: 'none: the job starts at once' }
      : {
          what: 'scheduler',
          outcome: 'failed',
          detail:
            'The host has no setsid, by which a job outlives the connection. Install util-linux.',
        },
    gpus >= profile.gpus
      ? { what: 'GPUs', outcome: 'ok', detail: `${profile.gpus} of ${gpus}` }
      : {
          what: 'GPUs',
          outcome: 'failed',
          detail: `nvidia-smi shows ${gpus} GPUs, ${profile.gpus} are asked for. Change gpus in the cluster's profile.`,
        },
  ];
}

function pythonCheck(
  { profile }: Cluster,
  { what, modules, remedy }: Environment,
  answer: string | undefined,
): Check {
  const [, version, missing] = /^(\d+\.\d+) (\S+)$/.exec(answer ?? '') ?? [];
  if (version === undefined || missing === undefined)
    return {
      what,
      outcome: 'failed',
      detail: `${profile.python} does not run there after the set-up lines (${(answer ?? 'no answer').slice(0, 200)}). ${remedy}`,
    };
  if (missing !== '-')
    return {
      what,
      outcome: 'failed',
      detail: `Python ${version} lacks ${missing.replaceAll(',', ', ')}. ${remedy}`,
    };
  const having = modules.length === 0 ? '' : ` with ${modules.join(', ')}`;
  return { what, outcome: 'ok', detail: `Python ${version}${having}` };
}

function modelCheck(model: string | undefined, there: boolean): Check {
  if (model === undefined) return { what: 'model', outcome: 'ok', detail: 'sent with the job' };
  const isPath = /^[/~]/.test(model);
  if (there) return { what: 'model', outcome: 'ok', detail: `${model} is there` };
  return isPath
    ? {
        what: 'model',
        outcome: 'failed',
        detail: `${model} is not there. Put it there, or name another.`,
      }
    : {
        what: 'model',
        outcome: 'warning',
        detail: `${model} is not in the cache there: the job fetches it from the hub, which takes a node with network. Otherwise fetch it on the login host before.`,
      };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}
