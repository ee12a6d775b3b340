import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { SealongError, fileError, messageOf, systemCodeOf } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';
import { writeAtomic } from '../records/writeAtomic.ts';

/** The user's file of clusters, which the command and the editor read alike: `SEALONG_CLUSTERS` names another. */
export function clustersFile(): string {
  return process.env['SEALONG_CLUSTERS'] ?? join(userFolder(), 'clusters.json');
}

/** Where each editor keeps a copy of the clusters of its settings, which lie elsewhere for each kind of editor. */
function copiesFolder(): string {
  return join(userFolder(), 'editors');
}

function userFolder(): string {
  const { XDG_CONFIG_HOME } = process.env;
  return join(XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'sealong');
}

const copySchema = z.object({ editor: z.string(), clusters: z.unknown() });

/** The clusters of one place, unchecked. */
export interface ClusterPlace {
  configured: unknown;
  /** For messages. */
  where: string;
}

/**
 * Lets the command know the clusters of an editor's settings. The copy is this user's alone to read: set-up lines may hold what
 * others must not see. Where there are none there is no copy.
 *
 * @param editor its name for people; another editor of this user has another copy.
 */
export async function shareClusters(editor: string, clusters: unknown): Promise<void> {
  const name = editor.toLowerCase().replace(/[^a-z0-9]+/g, '-') || 'editor';
  const path = join(copiesFolder(), `${name}.json`);
  const isNone = typeof clusters !== 'object' || Object.keys(clusters ?? {}).length === 0;
  if (isNone) {
    await rm(path, { force: true });
    return;
  }
  const text = `${JSON.stringify({ editor, clusters }, null, 2)}\n`;
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known === text) return;
  await mkdir(copiesFolder(), { recursive: true, mode: 0o700 });
  await writeAtomic(path, text, 0o600);
  await chmod(path, 0o600);
}

/**
 * What editors of this user hold in their settings, as they saw them last. None where `SEALONG_CLUSTERS` names the file to be
 * read: it then stands alone.
 *
 * @throws SealongError `bad_cluster` where a copy is not as an editor writes it.
 */
export function sharedClusters(): ClusterPlace[] {
  if (process.env['SEALONG_CLUSTERS'] !== undefined) return [];
  let names: string[];
  try {
    names = readdirSync(copiesFolder());
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return [];
    throw fileError('read', copiesFolder(), error);
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const path = join(copiesFolder(), name);
      const copy = copySchema.safeParse(readClusters(path));
      if (copy.success)
        return {
          configured: copy.data.clusters,
          where: `the settings of ${copy.data.editor} (sealong.clusters)`,
        };
      throw new SealongError(
        'bad_cluster',
        `${path} is not as an editor writes it (${issuesText(copy.error.issues)}). Delete it: the editor writes it anew.`,
      );
    });
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
export function namedClusters(places: readonly ClusterPlace[]): NamedCluster[] {
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
