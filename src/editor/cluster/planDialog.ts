import { basename } from 'node:path';
import * as vscode from 'vscode';
import type { Cluster } from '../../cluster/clusterProfile.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { revealSetting } from '../settings.ts';
import { showActionList, type ActionItem } from './actionList.ts';
import {
  isReady,
  missingOf,
  planItems,
  planScript,
  planSummary,
  planText,
  type Plan,
} from './plan.ts';
import type { PlainDocuments } from './plainDocuments.ts';

type Action = 'submit' | 'script' | 'edit' | 'again' | 'settings' | 'copy';

/**
 * A plan as a list, with its script in an editor where that is asked for; closing it stops everything.
 *
 * @param what is to be submitted, for the title.
 * @param file that says what is submitted, to be changed before.
 * @returns whether to submit it, or to look again.
 * @throws an abort where the user stops.
 */
export async function showPlan(
  what: string,
  plan: Plan,
  cluster: Cluster,
  scripts: PlainDocuments,
  file?: vscode.Uri,
): Promise<'submit' | 'again'> {
  const ready = isReady(plan);
  const there = isThere(plan);
  for (;;) {
    const action = await showActionList<Action>({
      title: `${what} on ${cluster.name}: ${there ? 'all of it was sent' : ready ? 'ready to submit' : 'not ready'}`,
      placeHolder: planSummary(plan, cluster),
      actions: actionsOf(plan, cluster, file !== undefined),
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
        await scripts.show(cluster.name, 'job.sh', planScript(plan));
        if (await afterScript(cluster, ready && !there)) return 'submit';
        break;
      case 'edit':
        if (file) await changed(file);
        return 'again';
      case 'settings':
        await revealSetting('clusters');
        throw cancelledByUser();
      case 'submit':
      case 'again':
        return action;
    }
  }
}

/** A sweep of which nothing is left to be sent. */
function isThere(plan: Plan): boolean {
  return 'members' in plan && missingOf(plan) === 0;
}

function actionsOf(plan: Plan, cluster: Cluster, isFile: boolean): ActionItem<Action>[] {
  return [
    ...(isThere(plan)
      ? []
      : isReady(plan)
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
    ...(plan.script === ''
      ? []
      : [{ label: '$(file-code) Show Job Script', action: 'script' as const }]),
    ...(isFile ? [{ label: '$(edit) Change the Sweep...', action: 'edit' as const }] : []),
    { label: '$(refresh) Look Again', action: 'again' },
    { label: '$(copy) Copy as Text', action: 'copy' },
  ];
}

/** A list would lie on the file. Goes on when its user says so. */
async function changed(file: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document, { preview: false });
  const picked = await vscode.window.showInformationMessage(
    `Change ${basename(file.fsPath)} as you like. Nothing is sent yet.`,
    'Back to the Plan',
  );
  if (picked === undefined) throw cancelledByUser();
  if (document.isDirty) await document.save();
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
