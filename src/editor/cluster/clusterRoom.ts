import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import type { CommandHandlers } from '../commands/registerCommands.ts';
import type { LinkedEndpoint } from '../endpoint/endpointChoice.ts';
import type { ErrorReporter } from '../errorReporter.ts';
import type { Background, Runs } from '../run/runs.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import type { StudyStore } from '../store/studyStore.ts';
import { isTraining } from '../../training/jobRecord.ts';
import { plural } from '../tree/row.ts';
import { requireTrust } from '../trust.ts';
import { ClusterRuns } from './clusterRuns.ts';
import { userCluster } from './clusters.ts';
import { Connections } from './connections.ts';
import { Follower } from './follower.ts';
import { Following } from './following.ts';
import { JobCommands } from './jobCommands.ts';
import { EndNotices } from './jobNotices.ts';
import { pickJob } from './jobPick.ts';
import { isOpen, type Job } from './job.ts';
import { JobStore } from './jobStore.ts';
import { jobTitle, progressParts, stateWords } from './jobText.ts';
import { sweepCounts, sweepOfJob, sweepTitle, type JobSweep } from './jobSweep.ts';
import { isSweepNode, JobTree, type JobNode } from './jobTree.ts';
import { PlainDocuments } from './plainDocuments.ts';
import { offerAdapter } from './servedModel.ts';
import { startServerCommand } from './serverCommand.ts';
import { ServerLinks } from './serverLinks.ts';
import { shareWithCommand } from './shareWithCommand.ts';
import { SweepCommands } from './sweepCommands.ts';
import { trainOnClusterCommand } from './trainCommand.ts';
import { Trainings } from './trainings.ts';

export interface ClusterRoomPorts {
  extensionUri: vscode.Uri;
  /** A bundled script by its name. */
  script: (name: string) => URL;
  store: StudyStore;
  runs: Runs;
  errors: ErrorReporter;
  log: vscode.LogOutputChannel;
  memory: vscode.Memento;
  /** Keeps the key of a server, or takes it away. */
  key: (baseUrl: string, key: string | undefined) => Promise<void>;
  /** Makes an endpoint the one in use. */
  useEndpoint: (name: string) => Promise<void>;
  /** The study that a command is about. */
  study: (target: unknown) => Promise<OpenStudy>;
  setContext: (key: string, value: unknown) => void;
}

type ClusterCommand =
  | 'trainOnCluster'
  | 'trainSweep'
  | 'cancelSweep'
  | 'fetchSweep'
  | 'testCluster'
  | 'followJobs'
  | 'cancelJob'
  | 'resumeJob'
  | 'requeueJob'
  | 'extendJob'
  | 'showLineage'
  | 'fetchAdapter'
  | 'cleanJob'
  | 'showJobLog'
  | 'showJobScript'
  | 'showTraining'
  | 'startServer'
  | 'connectServer'
  | 'stopServer';

/** All that the editor has to do with clusters and training jobs. */
export class ClusterRoom implements vscode.Disposable {
  readonly handlers: Pick<CommandHandlers, ClusterCommand>;
  readonly #connections: Connections;
  readonly #follower: Follower;
  readonly #links: ServerLinks;
  readonly #subscriptions: { dispose: () => unknown }[];

  constructor(ports: ClusterRoomPorts) {
    const { extensionUri, script, store, errors, log } = ports;
    const jobs = new JobStore(store, log, ports.memory);
    const connections = new Connections(
      vscode.Uri.joinPath(extensionUri, 'dist', 'askpass.js').fsPath,
    );
    const follower = new Follower({
      script: script('followWorker'),
      log,
      seen: (dir) => {
        jobs.refreshSoon(dir);
      },
    });
    const links = new ServerLinks({ connections, log, key: ports.key });
    this.#links = links;
    const following = new Following({ jobs, follower, connections, links, log });
    const tree = new JobTree({ store, jobs, follower, links });
    const scripts = new PlainDocuments();
    const trainings = new Trainings(extensionUri, {
      jobs,
      ready: store.ready,
      memory: ports.memory,
      failed: (error) => {
        errors.report(error, 'The training charts');
      },
    });
    const runs = new ClusterRuns({
      runs: ports.runs,
      connections,
      trainerFolder: vscode.Uri.joinPath(extensionUri, 'trainer').fsPath,
      embeddingWorker: script('embeddingWorker'),
      tokenWorker: script('tokenWorker'),
    });
    const commands = new JobCommands({
      store,
      jobs,
      selected: () => tree.selected,
      runs,
      documents: scripts,
      follow: () => following.begin(),
    });
    const sweeps = new SweepCommands({
      ...{ store, jobs, runs, scripts },
      selected: () => tree.selected,
      follow: () => following.begin(),
    });
    const pick = (target: unknown, title: string, word: string, none: string) =>
      pickJob(target, { jobs, selected: tree.selected, title, word, none });
    const linkServer = async (dir: string, job: string, cluster: Cluster) => {
      await connections.connect(cluster);
      const endpoint = await vscode.window.withProgress(
        { location: { viewId: 'sealong.jobs' }, title: `Waiting for server ${job}` },
        () => links.open(dir, job),
      );
      const use = 'Use This Server';
      const picked = await vscode.window.showInformationMessage(
        `${endpoint.model} on ${cluster.name} answers at ${endpoint.baseUrl}.`,
        use,
      );
      if (picked !== use) return;
      await ports.useEndpoint(endpoint.name);
      const record = jobs.job(dir, job)?.record;
      if (record && !isTraining(record) && record.server.adapter) await offerAdapter(dir, endpoint);
    };
    /** A server may wait long in the queue: the command is over before. */
    const linkSoon = (dir: string, job: string, cluster: Cluster) => {
      linkServer(dir, job, cluster).catch((error: unknown) => {
        errors.report(error, 'Connecting to a server');
      });
    };
    const showTraining = async (target: unknown) => {
      const sweep = isSweepNode(target) ? sweeps.named(target) : undefined;
      if (sweep) {
        await trainings.showSweep(sweep);
        return;
      }
      const job = await pick(
        target,
        'Show the charts of which job?',
        'job',
        'There is no training job yet.',
      );
      trainings.show(job);
    };
    this.handlers = {
      trainOnCluster: async (target) => {
        const study = await ports.study(target);
        const { cluster, job } = await trainOnClusterCommand(study, { runs, scripts });
        await jobs.refresh(study.dir);
        await following.begin();
        await vscode.commands.executeCommand('sealong.jobs.focus');
        const charts = 'Training Charts';
        // It stays until it is answered; the command is over before.
        void vscode.window
          .showInformationMessage(
            `Job ${job.job} was sent to ${cluster.name}${job.scheduler_id === null ? '' : ` as job ${job.scheduler_id}`}.`,
            charts,
          )
          .then((picked) =>
            picked === charts ? showTraining(nodeOf(study.dir, job.job)) : undefined,
          );
      },
      trainSweep: async (target) => {
        const study = await ports.study(target);
        const { cluster, sweep, sent } = await sweeps.train(study);
        await following.begin();
        await vscode.commands.executeCommand('sealong.jobs.focus');
        const charts = 'Training Charts';
        void vscode.window
          .showInformationMessage(
            `${plural(sent, 'job')} of sweep ${sweep} ${sent === 1 ? 'was' : 'were'} sent to ${cluster.name}.`,
            charts,
          )
          .then((picked) =>
            picked === charts
              ? showTraining(sweepNodeOf(study.dir, sweep, cluster.name))
              : undefined,
          );
      },
      cancelSweep: (target) => sweeps.cancel(target),
      fetchSweep: (target) => sweeps.fetch(target),
      testCluster: async (target) => commands.test(await ports.study(target)),
      followJobs: () => following.command(),
      cancelJob: (target) => commands.cancel(target),
      resumeJob: (target) => commands.resume(target),
      requeueJob: (target) => commands.requeue(target),
      extendJob: (target) => commands.extend(target),
      showLineage: (target) => commands.lineage(target),
      fetchAdapter: (target) => commands.fetch(target),
      cleanJob: (target) => commands.clean(target),
      showJobLog: (target) => commands.showLog(target),
      showJobScript: (target) => commands.showScript(target),
      showTraining,
      startServer: async (target) => {
        const study = await ports.study(target);
        const { cluster, job } = await startServerCommand(study, { jobs, runs, scripts });
        await jobs.refresh(study.dir);
        linkSoon(study.dir, job, cluster);
        await vscode.commands.executeCommand('sealong.jobs.focus');
      },
      connectServer: async (target) => {
        requireTrust('Connecting to a server');
        const { dir, record } = await pick(
          target,
          'Connect to which server?',
          'connectable',
          'No server runs on a cluster.',
        );
        if (record.place.kind === 'cluster')
          linkSoon(dir, record.id, userCluster(record.place.cluster));
      },
      stopServer: (target) => commands.stopServer(target),
    };
    const reported = (doing: string, work: (target: unknown) => Promise<void>) => (job: Job) => {
      work(nodeOf(job.dir, job.record.id)).catch((error: unknown) => {
        errors.report(error, doing);
      });
    };
    const reportedSweep =
      (doing: string, work: (target: unknown) => Promise<void>) =>
      ({ dir, name, cluster }: JobSweep) => {
        work(sweepNodeOf(dir, name, cluster)).catch((error: unknown) => {
          errors.report(error, doing);
        });
      };
    const notices = new EndNotices({
      jobs,
      fetchSweep: reportedSweep('Fetch Adapters of Sweep', (target) => sweeps.fetch(target)),
      sweepCharts: reportedSweep('Training Charts', showTraining),
      charts: reported('Training Charts', showTraining),
      fetch: reported('Fetch Adapter', (target) => commands.fetch(target)),
      resume: reported('Resume Job', (target) => commands.resume(target)),
      log: reported('Show Job Log', (target) => commands.showLog(target)),
    });
    this.#connections = connections;
    this.#follower = follower;
    this.#subscriptions = [
      shareWithCommand(log),
      jobs,
      connections,
      links,
      follower,
      following,
      tree,
      scripts,
      trainings,
      jobs.onDidEnd((job) => {
        notices.ended(job);
      }),
      jobs.onDidChange(() => {
        ports.setContext('hasJobs', jobs.all().length > 0);
        ports.runs.setBackground(backgroundOf(jobs.all()));
      }),
    ];
  }

  /** Servers on clusters that answer here now. */
  get endpoints(): readonly LinkedEndpoint[] {
    return this.#links.endpoints;
  }

  /** Ends connections; jobs on clusters go on. */
  async close(): Promise<void> {
    await Promise.all([this.#follower.stop(), this.#links.close()]);
    await this.#connections.close();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }
}

function nodeOf(dir: string, job: string) {
  return { type: 'job', dir, job };
}

function sweepNodeOf(dir: string, sweep: string, cluster: string): JobNode {
  return { type: 'sweep', dir, sweep, cluster };
}

/** What the status bar says of jobs while no run is under way. */
function backgroundOf(all: readonly Job[]): Background | undefined {
  const open = all.filter((job) => isOpen(job) && job.record.state !== 'prepared');
  const [first] = open;
  if (!first) return undefined;
  const sweep = sweepOfJob(first, all);
  const [step] = progressParts(first, new Date());
  const one = sweep
    ? `${sweepTitle(sweep)}: ${sweepCounts(sweep)}`
    : `${jobTitle(first.record)}: ${step ?? stateWords(first)}`;
  const others = open.filter((job) => job !== first && !sweep?.members.includes(job)).length;
  return {
    text: others > 0 ? `${one} (+${others})` : one,
    details: open.map((job) =>
      [
        `${jobTitle(job.record)} of ${job.study}: ${stateWords(job)}`,
        ...progressParts(job, new Date()),
      ].join(', '),
    ),
    command: 'sealong.jobs.focus',
  };
}
