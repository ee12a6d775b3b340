import type { ClusterAccess } from '../cluster/connect.ts';
import { clustersFile, readClusters } from '../cluster/userClusters.ts';

/** The user's own clusters, for the command: never in a study, since their set-up lines are run. */
export function commandClusters(): ClusterAccess {
  const where = clustersFile();
  return { configured: readClusters(where), where, terminal: process.stdin.isTTY };
}
