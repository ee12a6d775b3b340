import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { ClusterAccess } from '../cluster/connect.ts';
import { SealongError, fileError, messageOf, systemCodeOf } from '../errors.ts';

/** The user's own clusters, for the command: never in a study, since their set-up lines are run. */
export function commandClusters(): ClusterAccess {
  const { SEALONG_CLUSTERS, XDG_CONFIG_HOME } = process.env;
  const where =
    SEALONG_CLUSTERS ??
    join(XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'sealong', 'clusters.json');
  return { configured: readClusters(where), where, terminal: process.stdin.isTTY };
}

function readClusters(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return {};
    throw fileError('read', path, error);
  }
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new SealongError(
      'bad_cluster',
      `${path} is no valid JSON (${messageOf(error)}). Mend it.`,
    );
  }
}
