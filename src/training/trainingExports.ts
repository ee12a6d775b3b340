import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import * as z from 'zod';
import { SealongError } from '../errors.ts';
import { readOptional, studyPaths, type Study } from '../study/study.ts';

/** Formats that the trainer reads, by its method. */
const FORMAT = { orpo: 'trl', sft: 'sft' } as const;

const manifestSchema = z.object({
  created_at: z.string(),
  format: z.string(),
  counts: z.object({ pairs: z.number() }),
  files: z.array(z.object({ name: z.string(), split: z.string() })),
});

/** An export that the trainer can take. */
export interface TrainingExport {
  name: string;
  folder: string;
  /** The data for training. */
  file: string;
  pairs: number;
  createdAt: string;
}

/** The exports of a study that its training method can take, newest first. */
export async function trainingExports(
  dir: string,
  method: keyof typeof FORMAT,
): Promise<TrainingExport[]> {
  const folder = studyPaths(dir).exports;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => readExport(join(folder, name), name)),
  );
  return found
    .flatMap((one) => (one?.format === FORMAT[method] ? [one] : []))
    .sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}

/**
 * An export by its name, or by its folder, relative to the study: that of another study, to be compared with.
 *
 * @throws SealongError `no_export`.
 */
export async function readTrainingExport(study: Study, name: string): Promise<TrainingExport> {
  const { method } = study.config.training;
  const found = await readNamed(study.dir, name);
  if (found?.format === FORMAT[method]) return found;
  throw new SealongError(
    'no_export',
    `${study.dir} has no export "${name}" that ${method} can be trained on. Make one with format ${FORMAT[method]}, or train on the pairs as they are now.`,
  );
}

/** The method that an export was made for; undefined where it is none of the trainer's, or not there. */
export async function methodOfExport(
  dir: string,
  name: string,
): Promise<keyof typeof FORMAT | undefined> {
  const format = (await readNamed(dir, name))?.format;
  return (['orpo', 'sft'] as const).find((method) => FORMAT[method] === format);
}

function readNamed(dir: string, name: string) {
  const folder = /[\\/]/.test(name) ? resolve(dir, name) : join(studyPaths(dir).exports, name);
  return readExport(folder, name);
}

async function readExport(
  folder: string,
  name: string,
): Promise<(TrainingExport & { format: string }) | undefined> {
  const text = await readOptional(join(folder, 'manifest.json'));
  if (text === undefined) return undefined;
  const manifest = manifestSchema.safeParse(jsonOf(text)).data;
  const file = manifest?.files.find(({ split }) => split === 'train')?.name;
  if (!manifest || file === undefined || /[\\/]/.test(file)) return undefined;
  return {
    name,
    folder,
    file: join(folder, file),
    pairs: manifest.counts.pairs,
    createdAt: manifest.created_at,
    format: manifest.format,
  };
}

/** Undefined for what is no JSON: such an export is not offered. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
