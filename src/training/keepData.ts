import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileError } from '../errors.ts';

/** Keeps a job's data in its own folder: a later export takes the place of the one that it came from. */
export async function keepData(
  from: { pairs: string; manifest: string },
  folder: string,
): Promise<void> {
  await keep(from.pairs, join(folder, 'pairs.jsonl'));
  await keep(from.manifest, join(folder, 'manifest.json'));
}

async function keep(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rm(to, { force: true });
  // A link costs nothing and the file is never written again; other file systems get a copy.
  await link(from, to)
    .catch(() => copyFile(from, to))
    .catch((error: unknown) => {
      throw fileError('copy', from, error);
    });
}
