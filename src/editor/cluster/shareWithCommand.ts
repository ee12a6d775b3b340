import * as vscode from 'vscode';
import { shareClusters } from '../../cluster/userClusters.ts';
import { messageOf } from '../../errors.ts';
import { settings } from '../settings.ts';

/** The `sealong` command knows the clusters of these settings, now and as they change: a workspace has no part in them. */
export function shareWithCommand(log: vscode.LogOutputChannel): vscode.Disposable {
  let last = Promise.resolve();
  const share = () => {
    last = last
      .then(() => shareClusters(vscode.env.appName, settings.clusters()))
      .catch((error: unknown) => {
        log.warn(
          `The sealong command does not know the clusters of the settings: ${messageOf(error)}`,
        );
      });
  };
  share();
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration('sealong.clusters')) share();
  });
}
