import { stat } from 'node:fs/promises';
import { systemCodeOf } from '../../errors.ts';
import { jobFolders } from '../../training/jobRecord.ts';
import { filesOf } from './job.ts';

/** A job's folder is there a moment before its record is. */
const LOOKS_AFTER = 3;

/**
 * Tells of jobs that others begin, whatever the editor's watcher says: it misses files that are written into a folder just
 * made, and all that others write on some network file systems. A look costs no more than two folders' times.
 */
export class NewJobs {
  readonly #seen = new Map<string, { stamp: string; looks: number }>();

  /** Whether a study's folders of jobs are others than at the look before, or were so a few looks ago. */
  async mayBeIn(dir: string): Promise<boolean> {
    const { training, servers } = jobFolders(filesOf(dir));
    const stamp = [await changedAt(training), await changedAt(servers)].join(' ');
    const before = this.#seen.get(dir);
    const looks = before?.stamp === stamp ? before.looks - 1 : LOOKS_AFTER;
    this.#seen.set(dir, { stamp, looks: Math.max(looks, 0) });
    return looks > 0;
  }
}

async function changedAt(folder: string): Promise<number> {
  try {
    return (await stat(folder)).mtimeMs;
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}
