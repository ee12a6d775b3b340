import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import * as z from 'zod';
import { SealongError, fileError, systemCodeOf } from '../errors.ts';
import { processStart } from './processStart.ts';
import { localFolder, studyPaths, type Study } from './study.ts';

const holderSchema = z.object({
  pid: z.number(),
  host: z.string(),
  since: z.string(),
  /** Which process of that number: numbers are used again. */
  started: z.string().optional(),
  /** Which thread of the process: a crash of one leaves the process alive. */
  thread: z.number().optional(),
});
type Holder = z.infer<typeof holderSchema>;

const TRIES = 8;
/** Taking over takes no time; a sign of it that is older was left by a process that ended in the middle. */
const TAKEOVER_MS = 10_000;

/**
 * Lets one process at a time do a stage of a study. A lock whose process on this machine is gone is taken over.
 *
 * @returns a function that gives the lock back.
 * @throws SealongError `busy`, naming the holder.
 */
export async function lockStage(study: Study, stage: string): Promise<() => Promise<void>> {
  const path = join(await localFolder(study), `${stage}.lock`);
  return lockFile(path, `Another "${stage}" runs on ${study.dir}`);
}

/**
 * As {@link lockStage}, by a file in a folder that is there.
 *
 * @param busy what somebody else does who holds it, for the message.
 */
export async function lockFile(path: string, busy: string): Promise<() => Promise<void>> {
  const started = await processStart(process.pid);
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    ...(started === undefined ? {} : { started }),
    thread: threadId,
  };
  // Threads of one process share its number, so each try has a name of its own.
  const own = `${path}.${randomUUID()}`;
  try {
    await writeFile(own, JSON.stringify(holder));
    for (let tries = 0; tries < TRIES; tries++) {
      // A link appears with its content, so nobody reads a lock that is half written.
      if (await linked(own, path)) return () => rm(path, { force: true });
      const other = await readHolder(path);
      if (other && (await isAlive(other)))
        throw new SealongError(
          'busy',
          `${busy}: process ${other.pid} on ${other.host}, since ${other.since}. Wait for it or stop it. If it is gone, delete ${path}.`,
        );
      await removeStale(own, path);
    }
  } catch (error) {
    throw fileError('lock', path, error);
  } finally {
    await rm(own, { force: true });
  }
  throw new SealongError('busy', `Could not take ${path}: it keeps changing. Try again.`);
}

async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes a lock that nobody alive holds. Of several that try at once, one does: else a new lock could be removed. */
async function removeStale(own: string, path: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await linked(own, guard))) {
    const since = await stat(guard).then(
      ({ ctimeMs }) => ctimeMs,
      () => Date.now(),
    );
    if (Date.now() - since > TAKEOVER_MS) await rm(guard, { force: true });
    else await setTimeout(5 + Math.min(20, Date.now() - since));
    return;
  }
  try {
    const other = await readHolder(path);
    if (!(other && (await isAlive(other)))) await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/** Gives back the locks of a thread of this process that is gone: a crash left them, and the process lives on. */
export async function releaseThread(dir: string, thread: number): Promise<void> {
  const folder = studyPaths(dir).local;
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith('.lock'))) {
    const holder = await readHolder(join(folder, name));
    const ours = holder?.host === hostname() && holder.pid === process.pid;
    if (ours && holder.thread === thread) await rm(join(folder, name), { force: true });
  }
}

/** Whether a process that is alive does the stage of a study at present. */
export async function isLocked({ paths }: Pick<Study, 'paths'>, stage: string): Promise<boolean> {
  const holder = await readHolder(join(paths.local, `${stage}.lock`));
  return holder !== undefined && (await isAlive(holder));
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return holderSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Gone meanwhile, or no lock of ours: stale either way.
    return undefined;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (systemCodeOf(error) !== 'EPERM') return false;
  }
  if (holder.started === undefined) return true;
  const started = await processStart(holder.pid);
  return started === undefined || started === holder.started;
}
