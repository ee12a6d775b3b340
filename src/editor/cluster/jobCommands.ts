import { join } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { SealongError } from '../../errors.ts';
import { exists } from '../../study/study.ts';
import { jobFolder } from '../../training/jobRecord.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { hiddenByBlind } from '../hiddenByBlind.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { revealSetting } from '../settings.ts';
import { requireTrust } from '../trust.ts';
import { showActionList } from './actionList.ts';
import type { ClusterRuns } from './clusterRuns.ts';
import { pickCluster, userCluster } from './clusters.ts';
import { pickJob } from './jobPick.ts';
import { fetchedAt, filesOf, type Job } from './job.ts';
import type { JobStore } from './jobStore.ts';
import { bytesText, jobTitle } from './jobText.ts';
import type { JobNode } from './jobTree.ts';
import { extend, requeue, resume, type MoreOfJob } from './moreCommands.ts';
import type { PlainDocuments } from './plainDocuments.ts';
import { checkItems, checksSchema, isReady } from './plan.ts';

const fetchedSchema = z.object({ folder: z.string(), files: z.number(), bytes: z.number() });
const cleanSchema = z.object({
  folder: z.string(),
  files: z.array(z.object({ file: z.string(), bytes: z.number() })),
});

export interface JobCommandPorts {
  store: Pick<StudyStore, 'study'>;
  jobs: JobStore;
  selected: () => JobNode | undefined;
  runs: ClusterRuns;
  documents: PlainDocuments;
  /** Follows what is open, asking for what ssh needs. */
  follow: () => Promise<void>;
}

/** The commands on jobs that were sent to clusters. */
export class JobCommands {
  readonly #ports: JobCommandPorts;

  constructor(ports: JobCommandPorts) {
    this.#ports = ports;
  }

  async cancel(target: unknown): Promise<void> {
    requireTrust('Cancelling a job');
    const job = await this.#pick(
      target,
      'Cancel which job?',
      'cancellable',
      'No job is under way on a cluster.',
    );
    const cluster = clusterOf(job);
    const yes = 'Cancel Job';
    const picked = await vscode.window.showWarningMessage(
      `Cancel ${jobTitle(job.record)}?`,
      {
        modal: true,
        detail: `Job ${job.record.id} of ${job.study} is ${job.record.state}. What it has done up to its last checkpoint is kept on ${cluster.name}, and "Resume Job" goes on from there.`,
      },
      yes,
    );
    if (picked !== yes) throw cancelledByUser();
    await this.#run(cluster, job, { verb: 'cancel', job: job.record.id }, 'Cancelling a job');
    await this.#ports.follow();
    void vscode.window.showInformationMessage(
      `${cluster.name} was told to cancel job ${job.record.id}.`,
    );
  }

  async stopServer(target: unknown): Promise<void> {
    const doing = 'Stopping a server';
    requireTrust(doing);
    const job = await this.#pick(
      target,
      'Stop which server?',
      'stoppable',
      'No server runs on a cluster.',
    );
    const cluster = clusterOf(job);
    const yes = 'Stop Server';
    const picked = await vscode.window.showWarningMessage(
      `Stop ${jobTitle(job.record)}?`,
      {
        modal: true,
        detail: `Its job ${job.record.id} is cancelled, for everybody who asks it. What a run has sampled is kept.`,
      },
      yes,
    );
    if (picked !== yes) throw cancelledByUser();
    await this.#run(cluster, job, { verb: 'cancel', job: job.record.id }, doing);
    await this.#ports.follow();
    void vscode.window.showInformationMessage(
      `${cluster.name} was told to stop server ${job.record.id}.`,
    );
  }

  async resume(target: unknown): Promise<void> {
    const doing = 'Resuming a job';
    requireTrust(doing);
    const none =
      'No job on a cluster ended before its work was done, or was cut off while it was sent.';
    const job = await this.#pick(target, 'Resume which job?', 'resumable', none);
    await resume(job, clusterOf(job), (one, request) =>
      this.#run(clusterOf(one), one, request, doing),
    );
    await this.#ports.follow();
  }

  async requeue(target: unknown): Promise<void> {
    const doing = 'Putting a job back into the queue';
    requireTrust(doing);
    const none = 'No job runs on a cluster now, and only one that runs can be put back.';
    const job = await this.#pick(target, 'Put back which job?', 'requeueable', none);
    await requeue(job, clusterOf(job), (one, request) =>
      this.#run(clusterOf(one), one, request, doing),
    );
    await this.#ports.follow();
  }

  async extend(target: unknown): Promise<void> {
    const doing = 'Extending a job';
    requireTrust(doing);
    const none = 'No job of training was sent to a cluster.';
    const job = await this.#pick(target, 'Extend which job?', 'extendable', none);
    await extend(job, clusterOf(job), (one, request) =>
      this.#run(clusterOf(one), one, request, doing),
    );
    await this.#ports.follow();
  }

  /** From a job back to every pair, as a document; reads files alone. */
  async lineage(target: unknown): Promise<void> {
    const none = 'There is no training job yet.';
    const { dir, record } = await this.#pick(target, 'Lineage of which job?', 'job', none);
    const study = this.#ports.store.study(dir);
    if (study?.blind === true) throw hiddenByBlind(study, 'how its pairs came about is');
    const summary = await this.#ports.runs.runHere({
      verb: 'lineage',
      study: dir,
      settings: [],
      of: record.id,
    });
    const { text } = z.object({ text: z.string() }).parse(summary);
    await this.#ports.documents.show(record.id, 'lineage.txt', text);
  }

  async fetch(target: unknown): Promise<void> {
    requireTrust('Fetching an adapter');
    const job = await this.#pick(
      target,
      'Fetch the adapter of which job?',
      'fetchable',
      'No job on a cluster has an adapter that is not here yet.',
    );
    const cluster = clusterOf(job);
    const summary = await this.#run(
      cluster,
      job,
      { verb: 'fetch', job: job.record.id },
      'Fetching an adapter',
    );
    const { folder, files, bytes } = fetchedSchema.parse(summary);
    const reveal = 'Reveal in Explorer';
    void vscode.window
      .showInformationMessage(
        `The adapter of job ${job.record.id} is here, ${files} files with ${bytesText(bytes)}, each checked by its hash.`,
        reveal,
      )
      .then((picked) =>
        picked === reveal
          ? vscode.commands.executeCommand('revealInExplorer', vscode.Uri.file(folder))
          : undefined,
      );
  }

  /** Lists what a job left before any of it is removed. */
  async clean(target: unknown): Promise<void> {
    requireTrust('Removing files of a job');
    const doing = 'Removing files of a job';
    const job = await this.#pick(
      target,
      'Clean up after which job?',
      'cleanable',
      'No job on a cluster has ended.',
    );
    const cluster = clusterOf(job);
    const of = { verb: 'clean', job: job.record.id } as const;
    const listed = cleanSchema.parse(
      await this.#run(cluster, job, { ...of, remove: false }, doing),
    );
    const total = listed.files.reduce((sum, { bytes }) => sum + bytes, 0);
    if (listed.files.length === 0) {
      void vscode.window.showInformationMessage(
        `Job ${job.record.id} has left nothing on ${cluster.name}.`,
      );
      return;
    }
    const action = await showActionList({
      title: `Job ${job.record.id} on ${cluster.name}`,
      placeHolder: `${listed.files.length} files with ${bytesText(total)} in ${listed.folder}`,
      actions: [
        {
          label: `$(trash) Remove These ${listed.files.length} Files`,
          description: `${bytesText(total)}; what jobs share, data and trainer, stays`,
          ...(job.record.state === 'done' && fetchedAt(job) === undefined
            ? { detail: '$(warning) The adapter was not fetched: it would be lost' }
            : {}),
          action: 'remove' as const,
        },
      ],
      lines: [
        { label: listed.folder, separator: true },
        ...listed.files.map(({ file, bytes }) => ({
          label: `$(file) ${file}`,
          description: bytesText(bytes),
        })),
      ],
    });
    if (action !== 'remove') throw cancelledByUser();
    await this.#run(cluster, job, { ...of, remove: true }, doing);
    void vscode.window.showInformationMessage(
      `Removed ${listed.files.length} files of job ${job.record.id} from ${cluster.name}. What is here stays.`,
    );
  }

  /** Looks at a cluster as before a job, and sends nothing. */
  async test(study: OpenStudy): Promise<void> {
    requireTrust('Testing a cluster');
    const { name } = await pickCluster('Test which cluster?');
    for (;;) {
      const cluster = userCluster(name);
      const found = checksSchema.parse(
        await this.#ports.runs.run(
          cluster,
          { verb: 'preflight', study: study.dir, settings: [], cluster: name },
          'Testing a cluster',
        ),
      );
      const action = await showActionList({
        title: `${name}: ${isReady(found) ? 'can be trained on' : 'cannot be trained on yet'}`,
        placeHolder: `${found.host}, looked at for ${study.name}`,
        actions: [],
        lines: [
          ...found.checks.flatMap(checkItems),
          { label: 'What next', separator: true },
          { label: '$(refresh) Test Again', action: 'again' as const },
          {
            label: "$(settings-gear) Change the cluster's settings...",
            action: 'settings' as const,
          },
        ],
      });
      if (action === 'settings') return revealSetting('clusters');
      if (action === undefined) return;
    }
  }

  /** The log as it is here, which follows that of the cluster. */
  async showLog(target: unknown): Promise<void> {
    const job = await this.#pick(
      target,
      'Show the log of which job?',
      'job',
      'There is no training job yet.',
    );
    const path = join(jobFolder(filesOf(job.dir), job.record.id), 'log.txt');
    if (!(await exists(path)))
      throw new SealongError(
        'no_log',
        `Job ${job.record.id} has written no log yet (it is ${job.record.state}). It comes while the job is followed.`,
      );
    const document = await vscode.workspace.openTextDocument(vscode.Uri.file(path));
    const editor = await vscode.window.showTextDocument(document, { preview: true });
    const end = document.lineAt(document.lineCount - 1).range.end;
    editor.selection = new vscode.Selection(end, end);
    editor.revealRange(new vscode.Range(end, end));
  }

  /** The script as it was sent. */
  async showScript(target: unknown): Promise<void> {
    const job = await this.#pick(
      target,
      'Show the script of which job?',
      'cluster',
      'No job was sent to a cluster yet.',
    );
    const path = join(jobFolder(filesOf(job.dir), job.record.id), 'run.sh');
    await vscode.window.showTextDocument(vscode.Uri.file(path), { preview: true });
  }

  #pick(target: unknown, title: string, word: string, none: string): Promise<Job> {
    const { jobs, selected } = this.#ports;
    return pickJob(target, { jobs, selected: selected(), title, word, none });
  }

  async #run(
    cluster: Cluster,
    { dir }: Job,
    request:
      | { verb: 'cancel' | 'fetch'; job: string }
      | { verb: 'clean'; job: string; remove: boolean }
      | MoreOfJob,
    doing: string,
  ): Promise<object> {
    const summary = await this.#ports.runs.run(
      cluster,
      { study: dir, settings: [], ...request },
      doing,
    );
    await this.#ports.jobs.refresh(dir);
    return summary;
  }
}

/** @throws SealongError `not_on_cluster`, and where the user's settings no longer know the cluster. */
function clusterOf({ record }: Job): Cluster {
  if (record.place.kind === 'cluster') return userCluster(record.place.cluster);
  throw new SealongError(
    'not_on_cluster',
    `Job ${record.id} ran on this machine: all it made is here.`,
  );
}
