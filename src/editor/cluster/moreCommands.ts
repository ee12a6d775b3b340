import * as vscode from 'vscode';
import * as z from 'zod';
import { withTime, type Extension } from '../../cluster/extendJob.ts';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { messageOf, SealongError } from '../../errors.ts';
import { hasEnded } from '../../training/jobState.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { extensionOf } from './extensionOf.ts';
import type { Job } from './job.ts';
import { jobTitle, profileText, progressParts, stateWords } from './jobText.ts';

const sentSchema = z.object({ scheduler_id: z.string().nullable() });
const extendedSchema = z.object({
  job: z.string(),
  scheduler_id: z.string().nullable(),
  waits_for: z.string().nullable(),
});

/** What a job can be asked for besides. */
export type MoreOfJob =
  { verb: 'requeue' | 'resume'; job: string } | ({ verb: 'extend'; job: string } & Extension);

/** Runs a stage on a job's study, over its cluster. */
export type RunOnJob = (job: Job, request: MoreOfJob) => Promise<object>;

/** Asks before a job that runs is put back: it waits for its turn again. */
export async function requeue(job: Job, cluster: Cluster, run: RunOnJob): Promise<void> {
  await confirm(
    `Put ${jobTitle(job.record)} back into the queue?`,
    `Job ${job.record.id} of ${job.study} is ${stateText(job)}. It ends now, and goes on from its last checkpoint when its turn comes on ${cluster.name}.`,
    'Put Back',
  );
  await run(job, { verb: 'requeue', job: job.record.id });
  void vscode.window.showInformationMessage(`Job ${job.record.id} is back in the queue.`);
}

/** Asks before a job that ended too early is submitted anew, or one that was cut off is sent to its end. */
export async function resume(job: Job, cluster: Cluster, run: RunOnJob): Promise<void> {
  const { record } = job;
  const unsent = record.state === 'prepared';
  const takes = takesText(cluster);
  const detail = unsent
    ? `Job ${record.id} of ${job.study} was cut off while it was sent. What is not on ${cluster.name} yet is sent, and the job is submitted once: if ${cluster.name} took it already, that one is found.${takes}`
    : `Job ${record.id} of ${job.study} is ${stateText(job)}. The same job is submitted again, and goes on from its last checkpoint.${takes}`;
  await confirm(
    unsent ? `Send ${jobTitle(record)} to its end?` : `Resume ${jobTitle(record)}?`,
    detail,
    unsent ? 'Send' : 'Resume Job',
  );
  const { scheduler_id: as } = sentSchema.parse(await run(job, { verb: 'resume', job: record.id }));
  void vscode.window.showInformationMessage(
    `Job ${record.id} was sent to ${cluster.name}${asJob(as)}${unsent ? '' : ', and goes on from its last checkpoint'}.`,
  );
}

/** Asks for how much more, says what that takes, and submits a job that goes on. */
export async function extend(job: Job, cluster: Cluster, run: RunOnJob): Promise<void> {
  const { record } = job;
  const text = await vscode.window.showInputBox({
    title: `Extend ${jobTitle(record)}`,
    prompt:
      'A new job goes on where this one ends. Steps or epochs in all, or its time: steps=800 epochs=2 time=24:00:00',
    placeHolder: 'epochs=2',
    ignoreFocusOut: true,
    validateInput: (value) => {
      try {
        checkedExtension(job, cluster, value);
        return undefined;
      } catch (error) {
        return messageOf(error);
      }
    },
  });
  if (text === undefined) throw cancelledByUser();
  const extension = checkedExtension(job, cluster, text);
  await confirm(
    `Extend ${jobTitle(record)}?`,
    `Job ${record.id} of ${job.study} is ${stateText(job)}. A new job ${hasEnded(record.state) ? 'goes on from its last checkpoint' : 'waits for its end and goes on from there'}, ${extentText(extension)}.${takesText(withTime(cluster, extension.time))}`,
    'Submit',
  );
  const summary = await run(job, { verb: 'extend', job: record.id, ...extension });
  const { job: next, scheduler_id: as, waits_for: waits } = extendedSchema.parse(summary);
  void vscode.window.showInformationMessage(
    `Job ${next} was sent to ${cluster.name}${asJob(as)}. It goes on where job ${record.id} ${waits === null ? 'ended' : 'will have ended'}.`,
  );
}

/** @throws SealongError `usage`, `bad_time`. */
function checkedExtension({ record }: Job, cluster: Cluster, text: string): Extension {
  const extension = extensionOf(text);
  withTime(cluster, extension.time);
  if (record.state === 'done' && extension.steps === undefined && extension.epochs === undefined)
    throw new SealongError(
      'usage',
      'All its steps are done. Say how many more, counted from the beginning: steps=NUMBER or epochs=NUMBER.',
    );
  return extension;
}

/** What a job takes of its cluster at most, in a paragraph of its own. */
function takesText({ name, profile }: Cluster): string {
  return `\n\nIt takes on ${name}: ${profileText(profile)}.`;
}

function extentText({ steps, epochs }: Extension): string {
  const parts = [
    ...(steps === undefined ? [] : [`to step ${steps.toLocaleString('en')}`]),
    ...(epochs === undefined ? [] : [`to the end of epoch ${epochs}`]),
  ];
  return parts.length === 0 ? 'to the end of the same recipe' : parts.join(', ');
}

function stateText(job: Job): string {
  return [stateWords(job), ...progressParts(job, new Date())].join(', ');
}

function asJob(schedulerId: string | null): string {
  return schedulerId === null ? '' : ` as job ${schedulerId}`;
}

/** @throws an abort where the user does not say yes. */
async function confirm(message: string, detail: string, yes: string): Promise<void> {
  const picked = await vscode.window.showWarningMessage(message, { modal: true, detail }, yes);
  if (picked !== yes) throw cancelledByUser();
}
