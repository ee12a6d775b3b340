import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCodeOf } from '../errors.ts';
import { hashOfFile } from '../records/hashOfFile.ts';
import { canonicalJson } from '../study/canonicalHash.ts';
import { exists, type Study } from '../study/study.ts';
import { filesBelow, hashOfHashes } from './adapterFiles.ts';
import type { TrainingJob } from './jobRecord.ts';
import { trainerFiles } from './trainerFiles.ts';

/** What a job is made with: the study's parameters as they are, and the version that the trainer's package says it has. */
export async function madeWith(
  study: Study,
  trainerPackage: string,
): Promise<Pick<TrainingJob, 'study_sha256' | 'trainer_version'>> {
  const version = /^__version__ = "([^"]+)"/m.exec(await initOf(trainerPackage))?.[1];
  return {
    study_sha256: createHash('sha256').update(canonicalJson(study.config)).digest('hex'),
    ...(version === undefined ? {} : { trainer_version: version }),
  };
}

async function initOf(trainerPackage: string): Promise<string> {
  try {
    return await readFile(join(trainerPackage, '__init__.py'), 'utf8');
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** What a job left in its folder here: its adapter and the list of packages that it ran with, by their hashes. */
export async function leftBy(
  folder: string,
): Promise<Pick<TrainingJob, 'adapter' | 'environment_sha256'>> {
  const { adapter, environment } = trainerFiles(folder);
  const environment_sha256 = (await exists(environment))
    ? await hashOfFile(environment)
    : undefined;
  return {
    ...((await exists(adapter)) ? { adapter: await adapterIn(adapter) } : {}),
    ...(environment_sha256 === undefined ? {} : { environment_sha256 }),
  };
}

async function adapterIn(folder: string): Promise<NonNullable<TrainingJob['adapter']>> {
  let bytes = 0;
  const files: { name: string; sha256: string }[] = [];
  for (const name of await filesBelow(folder)) {
    const path = join(folder, name);
    bytes += (await stat(path)).size;
    files.push({ name, sha256: await hashOfFile(path) });
  }
  return { sha256: hashOfHashes(files), files: files.length, bytes };
}
