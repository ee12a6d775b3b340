import { join } from 'node:path';
import * as vscode from 'vscode';
import * as z from 'zod';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { SealongError } from '../../errors.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { plural } from '../tree/row.ts';
import { requireTrust } from '../trust.ts';
import type { ClusterRuns } from './clusterRuns.ts';
import { pickCluster, userCluster } from './clusters.ts';
import {
  cancellable,
  fetchable,
  sweepCounts,
  sweepOfJob,
  sweepsOf,
  sweepTitle,
  type JobSweep,
} from './jobSweep.ts';
import type { JobStore } from './jobStore.ts';
import { bytesText } from './jobText.ts';
import { isJobNode, isSweepNode, type JobNode } from './jobTree.ts';
import type { PlainDocuments } from './plainDocuments.ts';
import { showPlan } from './planDialog.ts';
import { sweepPlanSchema } from './plan.ts';
import { pickSweep } from './sweepChoice.ts';
import { sweepRow } from './sweepRow.ts';

const sentSchema = z.object({
  sweep: z.string(),
  members: z.array(z.object({ job: z.string(), there: z.boolean() })),
});
const doneSchema = z.object({
  members: z.array(z.object({ member: z.string(), error: z.string().nullable() })),
  files: z.number(),
  bytes: z.number(),
});

/** What a sweep asks for that cannot be. */
const OF_THE_FILE = new Set([
  ...['bad_sweep', 'bad_config', 'bad_recipe', 'no_export'],
  ...['too_few_pairs', 'too_few_samples'],
]);

export interface SweepPorts {
  store: StudyStore;
  jobs: JobStore;
  selected: () => JobNode | undefined;
  runs: ClusterRuns;
  scripts: PlainDocuments;
  /** Follows what is open, asking for what ssh needs. */
  follow: () => Promise<void>;
}

/** The commands on sweeps: many jobs that are sent, shown, cancelled and fetched as one. */
export class SweepCommands {
  readonly #ports: SweepPorts;

  constructor(ports: SweepPorts) {
    this.#ports = ports;
  }

  /**
   * Asks for cluster and sweep, shows what would be sent and run, and sends what is missing where the user says so.
   *
   * @returns how many jobs were sent, of which sweep.
   * @throws an abort where the user stops; SealongError as the stages do.
   */
  async train(study: OpenStudy): Promise<{ cluster: Cluster; sweep: string; sent: number }> {
    const doing = 'Training on a cluster';
    requireTrust(doing);
    const { runs, store, scripts } = this.#ports;
    const { name } = await pickCluster(`Train a sweep of ${study.name} on which cluster?`);
    const sweep = await pickSweep(study, store);
    const file = vscode.Uri.file(join(study.dir, sweep));
    for (;;) {
      // Its profile, and the sweep, may be changed between two looks.
      const cluster = userCluster(name);
      const request = {
        verb: 'train',
        study: study.dir,
        settings: [],
        cluster: name,
        sweep,
      } as const;
      const plan = sweepPlanSchema.parse(
        await runs.run(cluster, { ...request, plan: true }, doing).catch((error: unknown) => {
          // What is wrong in the file is mended there.
          if (error instanceof SealongError && OF_THE_FILE.has(error.code))
            void vscode.window.showTextDocument(file);
          throw error;
        }),
      );
      const action = await showPlan(`Sweep ${plan.sweep}`, plan, cluster, scripts, file);
      if (action === 'again') continue;
      const done = sentSchema.parse(await runs.run(cluster, request, doing));
      await this.#ports.jobs.refresh(study.dir);
      const sent = done.members.filter(({ there }) => !there).length;
      return { cluster, sweep: done.sweep, sent };
    }
  }

  async cancel(target: unknown): Promise<void> {
    const doing = 'Cancelling a sweep';
    requireTrust(doing);
    const none = 'No job of a sweep is under way on a cluster.';
    const sweep = await this.pick(target, 'Cancel which sweep?', isCancellable, none);
    const open = cancellable(sweep).length;
    const yes = `Cancel ${plural(open, 'Job')}`;
    const picked = await vscode.window.showWarningMessage(
      `Cancel ${sweepTitle(sweep)}?`,
      {
        modal: true,
        detail: `${sweepCounts(sweep)}. ${plural(open, 'job')} of ${sweep.study} ${open === 1 ? 'ends' : 'end'} with a checkpoint where there is one, kept on ${sweep.cluster}; "Resume Job" goes on from there, for each.`,
      },
      yes,
    );
    if (picked !== yes) throw cancelledByUser();
    const { members } = await this.#act('cancel', sweep, doing);
    await this.#ports.follow();
    void vscode.window.showInformationMessage(
      `${sweep.cluster} was told to cancel ${plural(members.length, 'job')} of sweep ${sweep.name}.`,
    );
  }

  async fetch(target: unknown): Promise<void> {
    const doing = 'Fetching adapters';
    requireTrust(doing);
    const none = 'No sweep on a cluster has an adapter that is not here yet.';
    const sweep = await this.pick(target, 'Fetch the adapters of which sweep?', isFetchable, none);
    const { members, files, bytes } = await this.#act('fetch', sweep, doing);
    const failed = members.filter(({ error }) => error !== null);
    const here = members.length - failed.length;
    const said = `${plural(here, 'adapter')} of ${sweepTitle(sweep)} ${here === 1 ? 'is' : 'are'} here, ${plural(files, 'file')} with ${bytesText(bytes)}, each checked by its hash.`;
    const [first] = failed;
    if (first)
      throw new SealongError(
        'some_failed',
        `${said} ${plural(failed.length, 'adapter')} could not be fetched. ${first.member}: ${first.error ?? ''}`,
      );
    void vscode.window.showInformationMessage(said);
  }

  /**
   * The sweep that a command is about: that of the row it was called on, else the only one that fits, else the one that the user picks.
   *
   * @throws SealongError `no_job` where none fits; an abort where none is picked.
   */
  async pick(
    target: unknown,
    title: string,
    fits: (sweep: JobSweep) => boolean,
    none: string,
  ): Promise<JobSweep> {
    const { jobs, selected } = this.#ports;
    const called = this.named(target) ?? this.named(selected());
    if (called && (target !== undefined || fits(called))) return called;
    const dirs = [...new Set(jobs.all().map(({ dir }) => dir))];
    const fitting = dirs.flatMap((dir) => sweepsOf(jobs.of(dir))).filter(fits);
    const [first, ...others] = fitting;
    if (!first) throw new SealongError('no_job', none);
    if (others.length === 0) return first;
    const now = new Date();
    const picked = await vscode.window.showQuickPick(
      fitting.map((sweep) => {
        const row = sweepRow(sweep, now);
        return {
          label: `$(${row.icon.id}) ${row.label}`,
          description: row.description,
          detail: sweep.study,
          sweep,
        };
      }),
      { title, placeHolder: 'Sweep', matchOnDescription: true, matchOnDetail: true },
    );
    if (!picked) throw cancelledByUser();
    return picked.sweep;
  }

  /** The sweep of a row: its own, or that of a member. */
  named(node: unknown): JobSweep | undefined {
    const { jobs } = this.#ports;
    if (isSweepNode(node))
      return sweepsOf(jobs.of(node.dir)).find(
        ({ name, cluster }) => name === node.sweep && cluster === node.cluster,
      );
    const job = isJobNode(node) ? jobs.job(node.dir, node.job) : undefined;
    return job && sweepOfJob(job, jobs.of(job.dir));
  }

  async #act(verb: 'fetch' | 'cancel', sweep: JobSweep, doing: string) {
    const { dir, name, cluster } = sweep;
    const request = { verb, study: dir, settings: [], sweep: name, cluster };
    const summary = await this.#ports.runs.run(userCluster(cluster), request, doing);
    await this.#ports.jobs.refresh(dir);
    return doneSchema.parse(summary);
  }
}

function isCancellable(sweep: JobSweep): boolean {
  return cancellable(sweep).length > 0;
}

function isFetchable(sweep: JobSweep): boolean {
  return fetchable(sweep).length > 0;
}
