import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { SealongError, fileError, messageOf, systemCodeOf } from '../errors.ts';

/** The user's file of clusters, which the command and the editor read alike: `SEALONG_CLUSTERS` names another. */
export function clustersFile(): string {
  const { SEALONG_CLUSTERS, XDG_CONFIG_HOME } = process.env;
  return (
    SEALONG_CLUSTERS ??
    join(XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'sealong', 'clusters.json')
  );
}

/**
 * What stands in a file of clusters, unchecked; nothing where there is none.
 *
 * @throws SealongError `bad_cluster` where it is no JSON.
 */
export function readClusters(path: string): unknown {
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

/** A cluster that is named somewhere, unchecked. */
export interface NamedCluster {
  name: string;
  profile: unknown;
  /** Where it stands, for messages. */
  where: string;
}

/**
 * The clusters of several places, those of the first place before those of the next: a name counts where it stands first.
 *
 * @throws SealongError `bad_cluster` where a place holds something else than clusters by name.
 */
export function namedClusters(
  places: readonly { configured: unknown; where: string }[],
): NamedCluster[] {
  const found = new Map<string, NamedCluster>();
  for (const { configured, where } of places) {
    const entries = z.record(z.string(), z.unknown()).safeParse(configured ?? {});
    if (!entries.success)
      throw new SealongError(
        'bad_cluster',
        `${where} must hold clusters by name: {"NAME": {"host": ...}}.`,
      );
    for (const [name, profile] of Object.entries(entries.data))
      if (!found.has(name)) found.set(name, { name, profile, where });
  }
  return [...found.values()];
}
