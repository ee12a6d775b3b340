import { mkdir, readFile, access } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { SealongError, fileError } from '../errors.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { studyConfigSchema, type StudyConfig } from './config.ts';
import { applySettings, loadConfig, parseConfig, type Setting } from './loadConfig.ts';

export const STUDY_FILE = 'sealong.json';
/** Answers of judges lie beside the scores made from them, and are no score records. */
export const JUDGEMENTS = '.judgements.jsonl';

/** Where a study keeps what; `answers.jsonl` is not among them: only evaluation knows it. */
export function studyPaths(dir: string) {
  return {
    config: join(dir, STUDY_FILE),
    questions: join(dir, 'questions.jsonl'),
    trajectories: join(dir, 'trajectories.jsonl'),
    scores: join(dir, 'scores'),
    decisions: join(dir, 'decisions'),
    exports: join(dir, 'exports'),
    strategies: join(dir, 'strategies'),
    /** Named queues of the review, one file each. */
    views: join(dir, 'views'),
    /** Locks and other things of this machine alone; keeps itself out of git. */
    local: join(dir, '.sealong'),
    scoreFile: (scorer: string) => join(dir, 'scores', `${scorer}.jsonl`),
    matrixFile: (scorer: string) => join(dir, 'scores', `${scorer}.matrix`),
    judgementFile: (scorer: string) => join(dir, 'scores', `${scorer}${JUDGEMENTS}`),
    decisionFile: (reviewer: string) => join(dir, 'decisions', `${reviewer}.jsonl`),
  };
}
export type StudyPaths = ReturnType<typeof studyPaths>;

/** A study opened for one run: its folder and its checked parameters. */
export interface Study {
  dir: string;
  name: string;
  config: StudyConfig;
  paths: StudyPaths;
}

/** @throws SealongError `no_study`, `bad_config`. */
export async function openStudy(dir: string, settings: readonly Setting[] = []): Promise<Study> {
  const absolute = resolve(dir);
  const paths = studyPaths(absolute);
  const config = await loadConfig(paths.config, settings);
  return { dir: absolute, name: config.name ?? basename(absolute), config, paths };
}

/**
 * Makes a folder a study, with the paper's values written out so that each can be seen and changed.
 *
 * @throws SealongError `exists` where the folder is a study already.
 */
export async function initStudy(dir: string, settings: readonly Setting[] = []): Promise<Study> {
  const absolute = resolve(dir);
  const paths = studyPaths(absolute);
  if (await exists(paths.config))
    throw new SealongError(
      'exists',
      `${paths.config} exists already; it was left as it is. Edit it, or name another folder.`,
    );
  try {
    await mkdir(absolute, { recursive: true });
  } catch (error) {
    throw fileError('create', absolute, error);
  }
  const config = parseConfig(applySettings(studyConfigSchema.parse({}), settings), paths.config);
  await writeAtomic(paths.config, `${JSON.stringify(config, null, 2)}\n`);
  return { dir: absolute, name: config.name ?? basename(absolute), config, paths };
}

/** The folder for what belongs to this machine alone, made on first use. */
export async function localFolder(study: Pick<Study, 'paths'>): Promise<string> {
  const ignore = join(study.paths.local, '.gitignore');
  if (!(await exists(ignore))) await writeAtomic(ignore, '*\n');
  return study.paths.local;
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The text of a file of the study, or undefined where there is none. */
export async function readOptional(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const mapped = fileError('read', path, error);
    if (mapped instanceof SealongError && mapped.code === 'missing_file') return undefined;
    throw mapped;
  }
}
