import * as vscode from 'vscode';
import { isTraining } from '../../training/jobRecord.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { plural, type Detail } from '../tree/row.ts';
import { itemOf, markdownOf } from '../tree/treeItem.ts';
import type { Contact, Follower } from './follower.ts';
import { jobRow } from './jobRow.ts';
import type { Job } from './job.ts';
import type { JobStore } from './jobStore.ts';
import { entriesOf, memberTitle, sweepOfJob, sweepsOf, type JobSweep } from './jobSweep.ts';
import type { ServerLinks } from './serverLinks.ts';
import { sweepRow } from './sweepRow.ts';

/** A row of the view of jobs, as commands get it. */
export type JobNode =
  | { type: 'job'; dir: string; job: string }
  | { type: 'sweep'; dir: string; sweep: string; cluster: string }
  | { type: 'study'; dir: string };

export function isJobNode(value: unknown): value is Extract<JobNode, { type: 'job' }> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'job' &&
    'dir' in value &&
    typeof value.dir === 'string' &&
    'job' in value &&
    typeof value.job === 'string'
  );
}

export function isSweepNode(value: unknown): value is Extract<JobNode, { type: 'sweep' }> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'type' in value &&
    value.type === 'sweep' &&
    'dir' in value &&
    'sweep' in value &&
    'cluster' in value
  );
}

/** The view `sealong.jobs`: training jobs, under their sweeps, and under their studies where there are several. */
export class JobTree implements vscode.TreeDataProvider<JobNode>, vscode.Disposable {
  readonly #changes = new vscode.EventEmitter<JobNode | undefined>();
  readonly onDidChangeTreeData = this.#changes.event;
  readonly #store: StudyStore;
  readonly #jobs: JobStore;
  readonly #links: ServerLinks;
  readonly #view: vscode.TreeView<JobNode>;
  readonly #nodes = new Map<string, JobNode>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(ports: {
    store: StudyStore;
    jobs: JobStore;
    follower: Follower;
    links: ServerLinks;
  }) {
    this.#store = ports.store;
    this.#jobs = ports.jobs;
    this.#links = ports.links;
    this.#view = vscode.window.createTreeView('sealong.jobs', { treeDataProvider: this });
    this.#subscriptions = [
      this.#view,
      ports.jobs.onDidChange(() => {
        this.#changes.fire(undefined);
      }),
      ports.links.onDidChange(() => {
        this.#changes.fire(undefined);
      }),
      ports.follower.onDidChange(() => {
        this.#view.message = contactText(ports.follower.contacts);
      }),
    ];
  }

  /** The job whose row is selected, where the view is what the user looks at. */
  get selected(): JobNode | undefined {
    return this.#view.visible ? this.#view.selection[0] : undefined;
  }

  async getChildren(node?: JobNode): Promise<JobNode[]> {
    if (node?.type === 'job') return [];
    if (node?.type === 'sweep')
      return this.#sweep(node)?.members.map((job) => this.#nodeOf(job)) ?? [];
    if (node) return this.#entries(node.dir);
    await this.#store.ready;
    const dirs = this.#dirs();
    if (dirs.length > 1)
      return dirs.map((dir) => this.#made(`study ${dir}`, { type: 'study', dir }));
    return dirs.flatMap((dir) => this.#entries(dir));
  }

  getParent(node: JobNode): JobNode | undefined {
    const job = node.type === 'job' ? this.#jobs.job(node.dir, node.job) : undefined;
    const sweep = job && sweepOfJob(job, this.#jobs.of(node.dir));
    if (sweep) return this.#sweepNode(sweep);
    if (node.type === 'study' || this.#dirs().length < 2) return undefined;
    return this.#made(`study ${node.dir}`, { type: 'study', dir: node.dir });
  }

  getTreeItem(node: JobNode): vscode.TreeItem {
    if (node.type === 'study') {
      const jobs = this.#jobs.of(node.dir);
      const item = new vscode.TreeItem(
        this.#store.study(node.dir)?.name ?? node.dir,
        vscode.TreeItemCollapsibleState.Expanded,
      );
      item.id = JSON.stringify(['study', node.dir]);
      item.description = plural(jobs.length, 'job');
      item.iconPath = new vscode.ThemeIcon('beaker');
      item.contextValue = 'jobsOfStudy';
      return item;
    }
    if (node.type === 'sweep') return this.#sweepItem(node);
    const job = this.#jobs.job(node.dir, node.job);
    if (!job) return new vscode.TreeItem(node.job);
    const row = jobRow(job, new Date(), this.#links.endpoint(node.job)?.baseUrl);
    // Under its sweep, of which it need not say the name again.
    const label = memberTitle(job) ?? row.label;
    const item = itemOf({ ...row, label }, ['job', node.dir, node.job]);
    if (isTraining(job.record))
      item.command = {
        command: 'sealong.showTraining',
        title: 'Training Charts',
        arguments: [node],
      };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: JobNode): vscode.TreeItem {
    const details = this.#details(node);
    if (details) item.tooltip = markdownOf(details);
    return item;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changes.dispose();
  }

  #sweepItem(node: Extract<JobNode, { type: 'sweep' }>): vscode.TreeItem {
    const sweep = this.#sweep(node);
    if (!sweep) return new vscode.TreeItem(node.sweep);
    const item = itemOf(sweepRow(sweep, new Date()), ['sweep', node.dir, node.sweep, node.cluster]);
    item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    return item;
  }

  #details(node: JobNode): Detail[] | undefined {
    if (node.type === 'study') return undefined;
    if (node.type === 'sweep') {
      const sweep = this.#sweep(node);
      return sweep && sweepRow(sweep, new Date()).details?.();
    }
    const job = this.#jobs.job(node.dir, node.job);
    return job && jobRow(job, new Date()).details?.();
  }

  #entries(dir: string): JobNode[] {
    return entriesOf(this.#jobs.of(dir)).map((entry) =>
      entry.kind === 'job' ? this.#nodeOf(entry.job) : this.#sweepNode(entry.sweep),
    );
  }

  #sweep({ dir, sweep, cluster }: Extract<JobNode, { type: 'sweep' }>): JobSweep | undefined {
    return sweepsOf(this.#jobs.of(dir)).find(
      (one) => one.name === sweep && one.cluster === cluster,
    );
  }

  #sweepNode({ dir, name, cluster }: JobSweep): JobNode {
    return this.#made(`sweep ${dir} ${name} ${cluster}`, {
      type: 'sweep',
      dir,
      sweep: name,
      cluster,
    });
  }

  #dirs(): string[] {
    return [...new Set(this.#jobs.all().map(({ dir }) => dir))];
  }

  #nodeOf({ dir, record }: Job): JobNode {
    return this.#made(`job ${dir} ${record.id}`, { type: 'job', dir, job: record.id });
  }

  /** VS Code knows rows by object. */
  #made(key: string, node: JobNode): JobNode {
    const known = this.#nodes.get(key) ?? node;
    this.#nodes.set(key, known);
    return known;
  }
}

/** What there is to say of clusters that cannot be reached. */
function contactText(contacts: readonly Contact[]): string {
  return contacts
    .filter(({ message }) => message !== '')
    .map(({ cluster, state, message }) => {
      const then = {
        connected: '',
        retrying: ' Trying again.',
        stopped: ' Not followed: see "Follow Jobs".',
      };
      return `${cluster}: ${message}${then[state]}`;
    })
    .join(' — ');
}
