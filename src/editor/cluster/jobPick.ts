import * as vscode from 'vscode';
import { SealongError } from '../../errors.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { jobRow } from './jobRow.ts';
import type { Job } from './job.ts';
import type { JobStore } from './jobStore.ts';
import { isJobNode, type JobNode } from './jobTree.ts';

/**
 * The job that a command is about: the row it was called on, else the only one it fits, else the one that the user picks.
 *
 * @param word of a row's context value that fits, such as `cancellable`.
 * @throws SealongError `no_job` where none fits; an abort where none is picked.
 */
export async function pickJob(
  target: unknown,
  of: { jobs: JobStore; selected: JobNode | undefined; title: string; word: string; none: string },
): Promise<Job> {
  const now = new Date();
  const fits = (job: Job) => jobRow(job, now).contextValue.split(' ').includes(of.word);
  const named = [target, of.selected].find(isJobNode);
  const job = named && of.jobs.job(named.dir, named.job);
  if (job && (target !== undefined || fits(job))) return job;
  const fitting = of.jobs.all().filter(fits);
  const [first, ...others] = fitting;
  if (!first) throw new SealongError('no_job', of.none);
  if (others.length === 0) return first;
  const picked = await vscode.window.showQuickPick(
    fitting.map((one) => {
      const row = jobRow(one, now);
      return {
        label: `$(${row.icon.id.replace('~spin', '')}) ${row.label}`,
        description: row.description,
        detail: `${one.study}: ${one.record.id}`,
        job: one,
      };
    }),
    {
      title: of.title,
      placeHolder: 'Job',
      matchOnDescription: true,
      matchOnDetail: true,
      ignoreFocusOut: true,
    },
  );
  if (!picked) throw cancelledByUser();
  return picked.job;
}
