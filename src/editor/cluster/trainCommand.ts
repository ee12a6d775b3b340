import * as vscode from 'vscode';
import * as z from 'zod';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { SealongError } from '../../errors.ts';
import type { StageRequest } from '../../stageRequest.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import { requireTrust } from '../trust.ts';
import type { ClusterRuns } from './clusterRuns.ts';
import { pickCluster, userCluster } from './clusters.ts';
import { planSchema, type Plan } from './plan.ts';
import { showPlan } from './planDialog.ts';
import type { PlainDocuments } from './plainDocuments.ts';
import { pickTraining, type TrainingChoice } from './trainingChoice.ts';

const DOING = 'Training on a cluster';

const sentSchema = z.object({
  job: z.string(),
  state: z.string(),
  scheduler_id: z.string().nullable(),
});
export type SentJob = z.infer<typeof sentSchema>;

export interface TrainPorts {
  runs: ClusterRuns;
  scripts: PlainDocuments;
}

/**
 * Asks for cluster, recipe and pairs, shows what would be sent and run, and sends it where the user says so.
 *
 * @throws an abort where the user stops; SealongError as the stages do.
 */
export async function trainOnClusterCommand(
  study: OpenStudy,
  ports: TrainPorts,
): Promise<{ cluster: Cluster; job: SentJob }> {
  requireTrust(DOING);
  const { name } = await pickCluster(`Train ${study.name} on which cluster?`);
  const choice = await pickTraining(study);
  let again = false;
  for (;;) {
    // Its profile may be changed between two looks.
    const cluster = userCluster(name);
    const request = requestOf(study, cluster, choice, again);
    const plan = await planOf(cluster, request, ports).catch(async (error: unknown) => {
      await confirmAnother(error);
      again = true;
      return undefined;
    });
    if (!plan) continue;
    const action = await showPlan(study.name, plan, cluster, ports.scripts);
    if (action === 'submit') return { cluster, job: await send(cluster, request, ports.runs) };
  }
}

function requestOf(
  study: OpenStudy,
  cluster: Cluster,
  { exported, settings }: TrainingChoice,
  again: boolean,
): Extract<StageRequest, { verb: 'train' }> {
  return {
    verb: 'train',
    study: study.dir,
    settings,
    cluster: cluster.name,
    ...(exported === undefined ? {} : { export: exported }),
    ...(again ? { again } : {}),
  };
}

async function planOf(
  cluster: Cluster,
  request: Extract<StageRequest, { verb: 'train' }>,
  { runs }: TrainPorts,
): Promise<Plan> {
  return planSchema.parse(await runs.run(cluster, { ...request, plan: true }, DOING));
}

async function send(
  cluster: Cluster,
  request: Extract<StageRequest, { verb: 'train' }>,
  runs: ClusterRuns,
): Promise<SentJob> {
  return sentSchema.parse(await runs.run(cluster, request, DOING));
}

/** @throws the error where it is another than a job with the same pairs and recipe; an abort where one is enough. */
async function confirmAnother(error: unknown): Promise<void> {
  if (!(error instanceof SealongError && error.code === 'job_exists')) throw error;
  const another = 'Send Another';
  const picked = await vscode.window.showWarningMessage(
    'There is a job with the same pairs and recipe.',
    { modal: true, detail: error.message.replace(/ Follow or fetch.*/, '') },
    another,
  );
  if (picked !== another) throw cancelledByUser();
}
