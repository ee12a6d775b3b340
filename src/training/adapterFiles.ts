import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import * as z from 'zod';
import { SealongError, fileError, systemCodeOf } from '../errors.ts';
import { hashOfFile } from '../records/hashOfFile.ts';

/** What PEFT writes beside the weights, and is looked at here. */
export const ADAPTER_CONFIG = 'adapter_config.json';
const configSchema = z.looseObject({
  r: z.number().int().positive(),
  base_model_name_or_path: z.string().nullish(),
});
export type AdapterConfig = z.infer<typeof configSchema>;

/** @throws SealongError `bad_adapter`. */
export function parseAdapterConfig(text: string, where: string): AdapterConfig {
  try {
    return configSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SealongError(
      'bad_adapter',
      `${where} holds no LoRA adapter as PEFT writes it: its ${ADAPTER_CONFIG} has no rank "r". Name another folder.`,
      { cause },
    );
  }
}

/** The configuration of an adapter in a folder here; undefined where the folder is none or not there. */
export async function readAdapterConfig(folder: string): Promise<AdapterConfig | undefined> {
  const path = join(folder, ADAPTER_CONFIG);
  try {
    return parseAdapterConfig(await readFile(path, 'utf8'), folder);
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || systemCodeOf(error) === 'ENOTDIR') return undefined;
    throw fileError('read', path, error);
  }
}

/** Names of a folder's files, with `/` between, in an order that is the same everywhere. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort((a, b) => (a < b ? -1 : 1));
}

/** One hash for a folder of files: of each name with the SHA-256 of its content, in order of the names. */
export function hashOfHashes(files: readonly { name: string; sha256: string }[]): string {
  const hash = createHash('sha256');
  for (const { name, sha256 } of files) hash.update(`${name} ${sha256}\n`);
  return hash.digest('hex');
}

export async function hashOfFolder(folder: string): Promise<string> {
  const files: { name: string; sha256: string }[] = [];
  for (const name of await filesBelow(folder))
    files.push({ name, sha256: await hashOfFile(join(folder, name)) });
  return hashOfHashes(files);
}
