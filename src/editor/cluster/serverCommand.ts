import * as vscode from 'vscode';
import * as z from 'zod';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { serverEngines, serverPlan } from '../../cluster/serve/serverTemplate.ts';
import type { StageRequest } from '../../stageRequest.ts';
import { openStudy } from '../../study/study.ts';
import { isTraining } from '../../training/jobRecord.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import { requireTrust } from '../trust.ts';
import type { ClusterRuns } from './clusterRuns.ts';
import { pickCluster, userCluster } from './clusters.ts';
import { fetchedAt, type Job } from './job.ts';
import type { JobStore } from './jobStore.ts';
import { jobTitle, placeText } from './jobText.ts';
import { planSchema } from './plan.ts';
import { showPlan } from './planDialog.ts';
import type { PlainDocuments } from './plainDocuments.ts';

const DOING = 'Starting a server on a cluster';

const startedSchema = z.object({ job: z.string() });

export interface ServerPorts {
  jobs: JobStore;
  runs: ClusterRuns;
  scripts: PlainDocuments;
}

/**
 * Asks for cluster, kind of server and adapter, shows what would be run, and starts it where the user says so.
 *
 * @returns the id of the server's job: a new one, or that of one that serves the same already.
 * @throws an abort where the user stops; SealongError as the stages do.
 */
export async function startServerCommand(
  study: OpenStudy,
  ports: ServerPorts,
): Promise<{ cluster: Cluster; job: string }> {
  requireTrust(DOING);
  const { name } = await pickCluster(`Start a server for ${study.name} on which cluster?`);
  const engine = await pickEngine(userCluster(name));
  const adapter = await pickAdapter(study, name, ports.jobs);
  const request: Extract<StageRequest, { verb: 'serve' }> = {
    verb: 'serve',
    study: study.dir,
    settings: [],
    cluster: name,
    engine,
    ...(adapter === undefined ? {} : { adapter }),
  };
  for (;;) {
    // Its profile may be changed between two looks.
    const cluster = userCluster(name);
    const { profile } = serverPlan(cluster.profile, engine);
    const plan = planSchema.parse(await ports.runs.run(cluster, { ...request, plan: true }, DOING));
    const action = await showPlan(engine, plan, { name, profile }, ports.scripts);
    if (action === 'again') continue;
    const { job } = startedSchema.parse(await ports.runs.run(cluster, request, DOING));
    return { cluster, job };
  }
}

async function pickEngine({ name, profile }: Cluster): Promise<string> {
  const items = serverEngines(profile).map((engine) => ({
    label: engine,
    detail: serverPlan(profile, engine).template.about,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    title: `Kind of server on ${name}`,
    placeHolder: 'Server',
    ignoreFocusOut: true,
  });
  if (!picked) throw cancelledByUser();
  return picked.label;
}

/** Undefined: the model as it is. */
async function pickAdapter(
  study: OpenStudy,
  cluster: string,
  jobs: JobStore,
): Promise<string | undefined> {
  const { config } = await openStudy(study.dir);
  const trained = jobs
    .of(study.dir)
    .filter(({ record }) => isTraining(record) && record.state === 'done');
  type Item = vscode.QuickPickItem & { adapter: () => Promise<string | undefined> };
  const picked = await vscode.window.showQuickPick<Item>(
    [
      {
        label: '$(circle-slash) No adapter',
        detail: `${config.sampling.model} as it is`,
        adapter: () => Promise.resolve(undefined),
      },
      ...trained.map((job) => ({
        label: `$(layers) ${jobTitle(job.record)}`,
        description: whereOf(job, cluster),
        detail: job.record.id,
        adapter: () => Promise.resolve(job.record.id),
      })),
      {
        label: '$(folder) Another adapter...',
        detail: `A folder with an adapter, on this machine or on ${cluster}`,
        adapter: () => askFolder(cluster),
      },
    ],
    {
      title: 'Adapter',
      placeHolder: 'With the adapter of which job?',
      matchOnDetail: true,
      ignoreFocusOut: true,
    },
  );
  if (!picked) throw cancelledByUser();
  return picked.adapter();
}

/** Where the server would take a job's adapter from. */
function whereOf(job: Job, cluster: string): string {
  const place = placeText(job.record);
  if (place === cluster) return `lies on ${cluster}`;
  if (job.record.place.kind === 'local' || fetchedAt(job) !== undefined)
    return `is here, and sent to ${cluster}`;
  return `lies on ${place}: fetch it first`;
}

async function askFolder(cluster: string): Promise<string> {
  const folder = await vscode.window.showInputBox({
    title: 'Folder of the adapter',
    prompt: `It holds adapter_config.json. One on this machine is sent; else it is looked for on ${cluster}, where ~ is your home.`,
    placeHolder: '/home/me/adapters/mine',
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^(\/|~\/)/.test(value.trim()) ? undefined : 'Write the whole path: it begins with / or ~/.',
  });
  if (folder === undefined) throw cancelledByUser();
  return folder.trim();
}
