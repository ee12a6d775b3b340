import * as vscode from 'vscode';
import * as z from 'zod';
import type { Extension } from '../../cluster/extendJob.ts';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { extensionOf } from './extensionOf.ts';
import type { Job } from './job.ts';
import { jobTitle } from './jobText.ts';

const extendedSchema = z.object({ job: z.string(), waits_for: z.string().nullable() });

/** What a job that runs can be asked for besides. */
export type MoreOfJob =
  { verb: 'requeue'; job: string } | ({ verb: 'extend'; job: string } & Extension);

/** Runs a stage on a job's study, over its cluster. */
export type RunOnJob = (job: Job, request: MoreOfJob) => Promise<object>;

/** Asks before a job that runs is put back: it waits for its turn again. */
export async function requeue(job: Job, cluster: Cluster, run: RunOnJob): Promise<void> {
  const yes = 'Put Back';
  const picked = await vscode.window.showWarningMessage(
    `Put ${jobTitle(job.record)} back into the queue?`,
    {
      modal: true,
      detail: `Job ${job.record.id} of ${job.study} ends now, and goes on from its last checkpoint when its turn comes on ${cluster.name}.`,
    },
    yes,
  );
  if (picked !== yes) throw cancelledByUser();
  await run(job, { verb: 'requeue', job: job.record.id });
  void vscode.window.showInformationMessage(`Job ${job.record.id} is back in the queue.`);
}

/** Asks for how much more, and submits a job that goes on. */
export async function extend(job: Job, run: RunOnJob): Promise<void> {
  const text = await vscode.window.showInputBox({
    title: `Extend ${jobTitle(job.record)}`,
    prompt:
      'A new job goes on where this one ends. Steps or epochs in all, or its time: steps=800 epochs=2 time=24:00:00',
    placeHolder: 'epochs=2',
    ignoreFocusOut: true,
    validateInput: (value) => {
      try {
        extensionOf(value);
        return undefined;
      } catch (error) {
        return error instanceof Error ? error.message : String(error);
      }
    },
  });
  if (text === undefined) throw cancelledByUser();
  const summary = await run(job, { verb: 'extend', job: job.record.id, ...extensionOf(text) });
  const { job: next, waits_for: waits } = extendedSchema.parse(summary);
  void vscode.window.showInformationMessage(
    `Job ${next} goes on where job ${job.record.id} ${waits === null ? 'ended' : 'will have ended'}.`,
  );
}
