import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { fileError } from '../errors.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { isLocked } from './lock.ts';
import { localFolder, readOptional, type Study } from './study.ts';

const runRecordSchema = z.object({
  /** The server: by its name in the user's settings where it has one, and by its address. */
  endpoint: z.object({ name: z.string().exactOptional(), base_url: z.string() }),
  /** Which samples it was to take, by their hash. */
  sampling: z.string(),
  /** What was set for this run beside `sealong.json`. */
  settings: z.array(z.object({ path: z.array(z.string()), value: z.unknown() })),
  started_at: z.string(),
  /** Why it ended, where it did not just break off. */
  stopped: z.string().exactOptional(),
  /** Whether the user was asked to go on. */
  offered: z.boolean(),
});
export type RunRecord = z.infer<typeof runRecordSchema>;

type Place = Pick<Study, 'paths'>;

/**
 * A run of sampling that was begun and has not come to its end: kept beside the lock from its start until it is done, or
 * the user cancels it. It only says that something may be left to do; what is missing, the trajectories alone say.
 */
export async function keepRun(study: Place, record: RunRecord): Promise<void> {
  const path = join(await localFolder(study), FILE);
  await writeAtomic(path, `${JSON.stringify(record)}\n`);
}

export async function forgetRun({ paths }: Place): Promise<void> {
  const path = join(paths.local, FILE);
  await rm(path, { force: true }).catch((error: unknown) => {
    throw fileError('delete', path, error);
  });
}

/** The run that did not end, and whether it goes on, here or in another process; undefined where there is none. */
export async function unfinishedRun(
  study: Place,
): Promise<{ record: RunRecord; running: boolean } | undefined> {
  const text = await readOptional(join(study.paths.local, FILE));
  const record = text === undefined ? undefined : runRecordSchema.safeParse(jsonOf(text)).data;
  return record && { record, running: await isLocked(study, 'sample') };
}

const FILE = 'sample.run.json';

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
