import { SealongError } from '../../errors.ts';
import type { Sighting } from '../../training/jobState.ts';
import type { RemoteJob, Scheduler } from '../scheduler.ts';
import { diskFull } from '../ssh/diskFull.ts';
import { idsOf, lastWordsOfSlurm, stateOfSlurm } from './slurmStates.ts';
import { CANCEL, REQUEUE, SIGHT, SUBMIT, SUBMIT_STATUS } from './slurmScripts.ts';

/** Slurm by its own commands on a login host, as of version 20. */
export const slurm: Scheduler = {
  async submit(host, job, signal) {
    const { status, stdout, stderr } = await host.run(
      SUBMIT,
      { folder: job.folder, name: job.name },
      signal,
    );
    const id = /^id (\d+)$/m.exec(stdout)?.[1];
    if (status === 0 && id !== undefined) return id;
    const full = diskFull('Submitting', host.host, stderr);
    if (full) throw full;
    const said = stderr.trim().split('\n').slice(-3).join(' ');
    if (status === SUBMIT_STATUS.refused)
      throw new SealongError(
        'submit_refused',
        `Slurm on ${host.host} does not take the job: ${said} Change the cluster's profile (partition, account, GPUs, time), and run this again.`,
      );
    throw new SealongError(
      'submit_unclear',
      `It is not clear whether Slurm on ${host.host} took the job${said === '' ? '' : ` (${said})`}. Run this again: it finds the job if there is one, and submits no second.`,
    );
  },

  async sight(host, jobs, signal) {
    const known = jobs.filter((job) => job.schedulerId !== undefined);
    if (known.length === 0) return new Map();
    const ids = known.map((job) => job.schedulerId).join(',');
    const { status, stdout, stderr } = await host.run(SIGHT, { ids }, signal);
    if (status !== 0)
      throw new SealongError(
        'scheduler_down',
        `Slurm on ${host.host} does not answer (${stderr.trim().split('\n').at(-1) ?? ''}). Jobs that run go on; their state is asked for again.`,
      );
    return sightings(stdout, known);
  },

  lastWords: lastWordsOfSlurm,

  async cancel(host, job, signal) {
    if (job.schedulerId === undefined) return;
    await host.mustRun('Cancelling', CANCEL, { id: job.schedulerId }, signal);
  },

  async requeue(host, job, signal) {
    const id = job.schedulerId ?? '';
    const { status, stdout, stderr } = await host.run(REQUEUE, { id }, signal);
    if (status === 0) return;
    const said = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
    throw new SealongError(
      'requeue_refused',
      `Slurm on ${host.host} does not put job ${job.jobId} back: ${said}. Cancel and resume it instead.`,
    );
  },
};

/** Lines of squeue (`queue`), which come first and are newer, and of sacct (`account`), which says more of what is over. */
function sightings(stdout: string, jobs: readonly RemoteJob[]): Map<string, Sighting> {
  const byId = new Map(jobs.map((job) => [job.schedulerId ?? '', job.jobId]));
  const seen = new Map<string, Sighting>();
  const lines = stdout.split('\n').map((line) => line.split('|'));
  const users = new Map(
    lines.flatMap(([kind, id = '', name = '']) => (kind === 'user' ? [[id, name]] : [])),
  );
  const now = lines.find(([kind]) => kind === 'now')?.[1] ?? '';
  for (const [source, ids = '', word = '', ...rest] of lines) {
    const state = stateOfSlurm(word.trim());
    if (state === undefined || (source !== 'queue' && source !== 'account')) continue;
    const sighting =
      source === 'queue' ? ofQueue(state, rest, now) : ofAccount(state, word, rest, users);
    for (const id of idsOf(ids.trim())) {
      const jobId = byId.get(id);
      if (jobId === undefined) continue;
      const before = seen.get(jobId);
      if (!before) seen.set(jobId, sighting);
      // Of a job that was put back the accounts may still hold the end of its earlier start.
      else if (before.state === state) seen.set(jobId, { ...before, ...sighting });
    }
  }
  return seen;
}

function ofQueue(state: Sighting['state'], rest: readonly string[], now: string): Sighting {
  const [reason = '', start = '', node = ''] = rest.map((cell) => cell.trim());
  const waits = state === 'pending' || state === 'requeued';
  return {
    state,
    ...(reason !== '' && reason !== 'None' ? { reason } : {}),
    ...(waits && /^\d+$/.test(start) ? { startsInS: Number(start) - Number(now) } : {}),
    ...(node !== '' && !waits ? { node } : {}),
  };
}

function ofAccount(
  state: Sighting['state'],
  word: string,
  rest: readonly string[],
  users: ReadonlyMap<string, string>,
): Sighting {
  const [exit = '', node = ''] = rest.map((cell) => cell.trim());
  const code = /^(\d+):/.exec(exit)?.[1];
  const user = / by (\d+)/.exec(word)?.[1];
  const name = users.get(user ?? '') ?? '';
  return {
    state,
    ...(user === undefined
      ? {}
      : { reason: `cancelled by ${name === '' ? `user ${user}` : name}` }),
    ...(code === undefined ? {} : { exitCode: Number(code) }),
    ...(node !== '' && node !== 'None assigned' ? { node } : {}),
  };
}
