import * as vscode from 'vscode';
import { clusterOf, type Cluster } from '../../cluster/clusterProfile.ts';
import type { ClusterAccess } from '../../cluster/connect.ts';
import { clustersFile, namedClusters, readClusters } from '../../cluster/userClusters.ts';
import { SealongError } from '../../errors.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { revealSetting, settings } from '../settings.ts';
import { profileText } from './jobText.ts';

const SETTING = 'the setting sealong.clusters';

/**
 * The user's clusters: those of the setting, and those of the command's file that the setting does not name.
 *
 * @throws SealongError `bad_cluster` where one of the two cannot be read.
 */
function known() {
  const file = clustersFile();
  return namedClusters([
    { configured: settings.clusters(), where: SETTING },
    { configured: readClusters(file), where: file },
  ]);
}

/** @throws SealongError `no_cluster`, `bad_cluster`: what, where, and what to do. */
export function userCluster(name: string): Cluster {
  const found = known().find((one) => one.name === name);
  if (found) return clusterOf({ [name]: found.profile }, name, found.where);
  return clusterOf(
    Object.fromEntries(known().map((one) => [one.name, one.profile])),
    name,
    `${SETTING} or ${clustersFile()}`,
  );
}

/** What a worker needs to reach them. @param askpass lets ssh ask here; without it ssh does not ask. */
export function clusterAccess(askpass?: Readonly<Record<string, string>>): ClusterAccess {
  return {
    configured: Object.fromEntries(known().map(({ name, profile }) => [name, profile])),
    where: `${SETTING} or ${clustersFile()}`,
    ...(askpass === undefined ? {} : { askpass }),
  };
}

/** Asks which; those that are not usable say why, and lead to where they stand. @throws an abort where none is picked. */
export async function pickCluster(title: string): Promise<Cluster> {
  const items = known().map((one): ClusterItem => {
    try {
      const cluster = clusterOf({ [one.name]: one.profile }, one.name, one.where);
      return {
        label: `$(server) ${one.name}`,
        description: cluster.profile.host,
        detail: profileText(cluster.profile),
        cluster,
        where: one.where,
      };
    } catch (error) {
      if (!(error instanceof SealongError)) throw error;
      return {
        label: `$(error) ${one.name}`,
        description: `not usable, in ${one.where}`,
        detail: error.message.replace(/^.* is not usable: /, ''),
        where: one.where,
      };
    }
  });
  const picked = await vscode.window.showQuickPick<ClusterItem>(
    [...items, { label: '$(add) Add or change clusters in the settings...', where: SETTING }],
    {
      title,
      placeHolder: items.length === 0 ? 'There is no cluster yet' : 'Cluster',
      matchOnDescription: true,
      ignoreFocusOut: true,
    },
  );
  if (!picked) throw cancelledByUser();
  if (picked.cluster) return picked.cluster;
  await openPlace(picked.where);
  throw cancelledByUser();
}

interface ClusterItem extends vscode.QuickPickItem {
  cluster?: Cluster;
  where: string;
}

async function openPlace(where: string): Promise<void> {
  if (where !== SETTING) {
    await vscode.window.showTextDocument(vscode.Uri.file(where));
    return;
  }
  await revealSetting('clusters');
}
