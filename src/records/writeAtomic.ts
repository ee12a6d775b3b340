import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from '../errors.ts';

/**
 * Replaces a file as a whole: readers see the old text or the new, and a kill or a full disk leaves the old.
 *
 * @param mode of the new file, less the user's umask.
 * @throws SealongError `disk_full`, `read_only`, `not_a_folder`.
 */
export async function writeAtomic(
  path: string,
  content: string | AsyncIterable<string>,
  mode = 0o666,
): Promise<void> {
  // Threads of one process share its number, so each writing has a name of its own.
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w', mode);
    try {
      if (typeof content === 'string') await file.writeFile(content);
      else for await (const part of content) await file.write(part);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError('write', path, error);
  }
}
