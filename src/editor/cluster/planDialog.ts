import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { revealSetting } from '../settings.ts';
import { showActionList, type ActionItem } from './actionList.ts';
import { isReady, planItems, planSummary, planText, type Plan } from './plan.ts';
import type { PlainDocuments } from './plainDocuments.ts';

type Action = 'submit' | 'script' | 'again' | 'settings' | 'copy';

/**
 * A plan as a list, with its script in an editor where that is asked for; closing it stops everything.
 *
 * @param what is to be submitted, for the title.
 * @returns whether to submit it, or to look again.
 * @throws an abort where the user stops.
 */
export async function showPlan(
  what: string,
  plan: Plan,
  cluster: Cluster,
  scripts: PlainDocuments,
): Promise<'submit' | 'again'> {
  const ready = isReady(plan);
  for (;;) {
    const action = await showActionList<Action>({
      title: `${what} on ${cluster.name}: ${ready ? 'ready to submit' : 'not ready'}`,
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
        await scripts.show(cluster.name, 'job.sh', plan.script);
        if (await afterScript(cluster, ready)) return 'submit';
        break;
      case 'settings':
        await revealSetting('clusters');
        throw cancelledByUser();
      case 'submit':
      case 'again':
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
