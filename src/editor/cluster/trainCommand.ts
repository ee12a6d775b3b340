import * as vscode from 'vscode';
import * as z from 'zod';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { SealongError } from '../../errors.ts';
import type { StageRequest } from '../../stageRequest.ts';
import { cancelledByUser } from '../errorReporter.ts';
import type { OpenStudy } from '../store/openStudy.ts';
import { requireTrust } from '../trust.ts';
import { showActionList, type ActionItem } from './actionList.ts';
import type { ClusterRuns } from './clusterRuns.ts';
import { openClusterSettings, pickCluster, userCluster } from './clusters.ts';
import { isReady, planItems, planSchema, planSummary, planText, type Plan } from './plan.ts';
import type { ScriptDocuments } from './scriptDocuments.ts';
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
  scripts: ScriptDocuments;
}

type Action = 'submit' | 'script' | 'again' | 'settings' | 'copy';

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
    const action = await showPlan(study, plan, cluster, ports);
    if (action === 'submit') return { cluster, job: await send(cluster, request, ports.runs) };
    if (action === 'settings') {
      await openClusterSettings();
      throw cancelledByUser();
    }
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

/** The plan as a list; closing it stops everything. @returns what is to be done. */
async function showPlan(
  study: OpenStudy,
  plan: Plan,
  cluster: Cluster,
  { scripts }: TrainPorts,
): Promise<'submit' | 'again' | 'settings'> {
  const ready = isReady(plan);
  for (;;) {
    const action = await showActionList<Action>({
      title: `${study.name} on ${cluster.name}: ${ready ? 'ready to submit' : 'not ready'}`,
      placeHolder: planSummary(plan, cluster),
      actions: actionsOf(plan, cluster),
      lines: planItems(plan, cluster),
    });
    switch (action) {
      case undefined:
        throw cancelledByUser();
      case 'copy':
        await vscode.env.clipboard.writeText(planText(plan, cluster));
        void vscode.window.setStatusBarMessage('The plan is on the clipboard.', 4000);
        break;
      case 'script':
        await scripts.show(cluster.name, plan.script);
        if (await afterScript(cluster, ready)) return 'submit';
        break;
      case 'submit':
      case 'again':
      case 'settings':
        return action;
    }
  }
}

function actionsOf(plan: Plan, cluster: Cluster): ActionItem<Action>[] {
  return [
    ...(isReady(plan)
      ? [
          {
            label: '$(rocket) Submit',
            description: planSummary(plan, cluster),
            action: 'submit' as const,
          },
        ]
      : [
          {
            label: "$(settings-gear) Change the cluster's settings...",
            action: 'settings' as const,
          },
        ]),
    { label: '$(file-code) Show Job Script', action: 'script' },
    { label: '$(refresh) Look Again', action: 'again' },
    { label: '$(copy) Copy as Text', action: 'copy' },
  ];
}

/** The script is read in an editor, where a list would lie on it. @returns whether to submit. */
async function afterScript(cluster: Cluster, ready: boolean): Promise<boolean> {
  const submit = 'Submit';
  const picked = await vscode.window.showInformationMessage(
    `This script is run on ${cluster.name}. Nothing is sent yet.`,
    ...(ready ? [submit] : []),
    'Back to the Plan',
  );
  if (picked === undefined) throw cancelledByUser();
  return picked === submit;
}
