import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { SealongError, fileError } from '../errors.ts';
import { localFolder, type Study } from './study.ts';

const holderSchema = z.object({ pid: z.number(), host: z.string(), since: z.string() });

/**
 * Lets one process at a time do a stage of a study. A lock whose process on this machine is gone is taken over.
 *
 * @returns a function that gives the lock back.
 * @throws SealongError `busy`, naming the holder.
 */
export async function lockStage(study: Study, stage: string): Promise<() => Promise<void>> {
  const path = join(await localFolder(study), `${stage}.lock`);
  const holder = { pid: process.pid, host: hostname(), since: new Date().toISOString() };
  // Threads of one process share its number, so each try has a name of its own.
  const own = `${path}.${randomUUID()}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      // A link appears with its content, so nobody reads a lock that is half written.
      await writeFile(own, JSON.stringify(holder));
      await link(own, path);
      return () => rm(path, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST'))
        throw fileError('lock', path, error);
    } finally {
      await rm(own, { force: true });
    }
    const other = await readHolder(path);
    if (other && isAlive(other))
      throw new SealongError(
        'busy',
        `Another "${stage}" runs on ${study.dir}: process ${other.pid} on ${other.host}, since ${other.since}. Wait for it or stop it. If it is gone, delete ${path}.`,
      );
    await rm(path, { force: true });
  }
  throw new SealongError('busy', `Could not take ${path}: it keeps changing. Try again.`);
}

/** Whether a process that is alive does the stage of a study at present. */
export async function isLocked({ paths }: Pick<Study, 'paths'>, stage: string): Promise<boolean> {
  const holder = await readHolder(join(paths.local, `${stage}.lock`));
  return holder !== undefined && isAlive(holder);
}

async function readHolder(path: string): Promise<z.infer<typeof holderSchema> | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Gone meanwhile, or no lock of ours: stale either way.
    return undefined;
  }
}

function isAlive(holder: { pid: number; host: string }): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
