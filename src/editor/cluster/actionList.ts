import * as vscode from 'vscode';
import type { PlanItem } from './plan.ts';

export interface ActionItem<Action> extends PlanItem {
  action: Action;
}

/**
 * A list to be read, with what can be done, mostly on top. Its other lines do nothing when they are picked, and it stays
 * until it is closed.
 *
 * @returns undefined where it was closed.
 */
export async function showActionList<Action>(options: {
  title: string;
  placeHolder: string;
  actions: readonly ActionItem<Action>[];
  lines: readonly (PlanItem | ActionItem<Action>)[];
}): Promise<Action | undefined> {
  const list = vscode.window.createQuickPick<vscode.QuickPickItem & { action?: Action }>();
  list.title = options.title;
  list.placeholder = options.placeHolder;
  list.ignoreFocusOut = true;
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.items = [...options.actions, ...options.lines].map(({ separator, ...item }) => ({
    ...item,
    ...(separator ? { kind: vscode.QuickPickItemKind.Separator } : {}),
  }));
  try {
    return await new Promise<Action | undefined>((resolve) => {
      list.onDidAccept(() => {
        const action = list.selectedItems[0]?.action;
        if (action !== undefined) resolve(action);
      });
      list.onDidHide(() => {
        resolve(undefined);
      });
      list.show();
    });
  } finally {
    list.dispose();
  }
}
