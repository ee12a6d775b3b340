import { isDeepStrictEqual } from 'node:util';
import type { ClusterAccess } from '../cluster/connect.ts';
import {
  clustersFile,
  namedClusters,
  readClusters,
  sharedClusters,
} from '../cluster/userClusters.ts';

/**
 * The user's own clusters, for the command: never in a study, since their set-up lines are run. A name that also stands in an
 * editor's settings counts as it stands there, so that command and editor mean the same host.
 *
 * @param say is told of a name that stands in both and differs.
 */
export function commandClusters(say: (message: string) => void): ClusterAccess {
  const file = clustersFile();
  let known: Record<string, unknown> | undefined;
  return {
    // Read when a cluster is asked for: what is wrong there keeps no other verb from its work.
    get configured() {
      return (known ??= knownClusters(file, say));
    },
    where: `${file} or the settings of an editor (sealong.clusters)`,
    terminal: process.stdin.isTTY,
  };
}

function knownClusters(file: string, say: (message: string) => void): Record<string, unknown> {
  const editors = namedClusters(sharedClusters());
  const own = namedClusters([{ configured: readClusters(file), where: file }]);
  for (const { name, profile } of own) {
    const other = editors.find((one) => one.name === name);
    if (other && !isDeepStrictEqual(other.profile, profile))
      say(
        `The cluster "${name}" stands in ${file} and, otherwise, in ${other.where}: it counts as there, as in the editor. Remove one of the two.`,
      );
  }
  return Object.fromEntries([...own, ...editors].map(({ name, profile }) => [name, profile]));
}
