import { SealongError } from '../../errors.ts';
import type { Sighting } from '../../training/jobState.ts';
import type { Scheduler } from '../scheduler.ts';
import { diskFull } from '../ssh/diskFull.ts';
import { CANCEL, SIGHT, START } from './plainHostScripts.ts';

/** Exit statuses of a process that a signal ended. */
const TERMINATED = new Set([143, 137, 130]);

/** A host without scheduler: jobs start at once, and are known by their process, its start time and the boot of the host. */
export const plainHost: Scheduler = {
  async submit(host, job, signal) {
    const { status, stdout, stderr } = await host.run(START, { folder: job.folder }, signal);
    const id = /^id (\S+)$/m.exec(stdout)?.[1];
    if (status === 0 && id !== undefined) return id;
    const full = diskFull('Starting the job', host.host, stderr);
    if (full) throw full;
    throw new SealongError(
      'submit_refused',
      `The job could not be started on ${host.host}: ${stderr.trim().split('\n').slice(-2).join(' ') || `exit status ${status}`}. Its folder there is ${job.folder}.`,
    );
  },

  async sight(host, jobs, signal) {
    const folders = jobs.map((job) => job.folder).join('\n');
    const stdout = await host.mustRun('Asking for jobs', SIGHT, { folders }, signal);
    const byFolder = new Map(jobs.map((job) => [job.folder, job.jobId]));
    const seen = new Map<string, Sighting>();
    for (const line of stdout.split('\n')) {
      const [, word, detail, folder] = /^(\S+) (\S+) (\/.*)$/.exec(line) ?? [];
      const jobId = byFolder.get(folder ?? '');
      if (jobId !== undefined && word !== undefined)
        seen.set(jobId, sightingOf(word, detail ?? ''));
    }
    return seen;
  },

  async cancel(host, job, signal) {
    await host.mustRun('Cancelling', CANCEL, { folder: job.folder }, signal);
  },
};

function sightingOf(word: string, detail: string): Sighting {
  switch (word) {
    case 'running':
      return { state: 'running' };
    case 'cancelled':
      return { state: 'cancelled' };
    case 'ended': {
      const exitCode = Number(detail);
      if (exitCode === 0) return { state: 'done', exitCode };
      return { state: TERMINATED.has(exitCode) ? 'cancelled' : 'failed', exitCode };
    }
    case 'lost':
      return {
        state: 'lost',
        reason:
          'its process is gone and left no exit status: the host was rebooted, or it was killed',
      };
    default:
      return { state: 'prepared' };
  }
}
