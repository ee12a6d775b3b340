import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { hashOfFile } from '../records/hashOfFile.ts';
import { hashOfHashes } from '../training/adapterFiles.ts';
import { newJobId, type TrainingJob } from '../training/jobRecord.ts';
import type { Cluster } from './clusterProfile.ts';
import type { Upload } from './transfer/upload.ts';

/** What is trained on what: made by the training room, the same for a run on this machine. */
export interface TrainingInputs {
  export: string;
  /** Files of the export. */
  pairs: string;
  manifest: string;
  method: string;
  /** Hub id, or a folder on the cluster. */
  model: string;
  /** The recipe as JSON, given where the data will lie. */
  recipe: (place: { pairs: string; manifest: string; gpus: number }) => object;
  /** Folder of the trainer's Python package. */
  trainer: string;
}

/** Data and trainer lie by their content, so that several jobs share them and none meets another's. */
export function placesOf(workdir: string, pairsHash: string, trainerHash: string) {
  const data = `${workdir}/data/${pairsHash.slice(0, 16)}`;
  return {
    pairs: `${data}/pairs.jsonl`,
    manifest: `${data}/manifest.json`,
    trainer: `${workdir}/trainer/${trainerHash.slice(0, 16)}`,
  };
}

export type Places = ReturnType<typeof placesOf>;

/** The trainer's files, and one hash for them. */
export async function trainerSources(
  folder: string,
): Promise<{ sources: { path: string; name: string }[]; trainerHash: string }> {
  const entries = await readdir(folder, { withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile() && /\.(py|json)$/.test(entry.name))
    .map(({ name }) => ({ path: join(folder, name), name }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const hashes = sources.map(async ({ path, name }) => ({ name, sha256: await hashOfFile(path) }));
  return { sources, trainerHash: hashOfHashes(await Promise.all(hashes)) };
}

export function recipeText(inputs: TrainingInputs, places: Places, { profile }: Cluster): string {
  const recipe = inputs.recipe({ ...places, gpus: Math.max(1, profile.gpus) });
  return `${JSON.stringify(recipe, null, 2)}\n`;
}

export function uploadsOf(
  inputs: TrainingInputs,
  places: Places,
  sources: readonly { path: string; name: string }[],
): Upload[] {
  return [
    { local: inputs.pairs, remote: places.pairs },
    { local: inputs.manifest, remote: places.manifest },
    ...sources.map(({ path, name }) => ({
      local: path,
      remote: `${places.trainer}/sealong_trainer/${name}`,
    })),
  ];
}

/** Hashes of pairs and recipe, and the cluster's name: by these a job is known again. */
export interface WantedJob {
  pairs: string;
  recipe: string;
  cluster: string;
}

export interface JobMaking {
  clock: Clock;
  workdir: string;
  scheduler: 'slurm' | 'none';
  manifestHash: string;
  trainerHash: string;
  made: Pick<TrainingJob, 'study_sha256' | 'trainer_version'>;
}

export function newTrainingJob(
  inputs: TrainingInputs,
  wanted: WantedJob,
  input: JobMaking,
): TrainingJob {
  const now = input.clock.now();
  const id = newJobId(now, inputs.method);
  return {
    v: 1,
    kind: 'train',
    id,
    created_at: now.toISOString(),
    place: {
      kind: 'cluster',
      cluster: wanted.cluster,
      scheduler: input.scheduler,
      folder: `${input.workdir}/jobs/${id}`,
    },
    export: {
      name: inputs.export,
      manifest_sha256: input.manifestHash,
      pairs_sha256: wanted.pairs,
    },
    recipe_sha256: wanted.recipe,
    attempt: 1,
    trainer_sha256: input.trainerHash,
    ...input.made,
    state: 'prepared',
    history: [{ at: now.toISOString(), state: 'prepared' }],
  };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
