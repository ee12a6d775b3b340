import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashOfFile } from '../records/hashOfFile.ts';
import { hashOfHashes } from '../training/adapterFiles.ts';
import type { Study } from '../study/study.ts';
import { checkRecipe } from '../training/checkRecipe.ts';
import { embeddedModelFile } from '../training/embeddedModel.ts';
import { embeddedRecipe, recipeOf, trainedModel } from '../training/recipeOf.ts';
import type { Cluster } from './clusterProfile.ts';
import { TRAINER_ENVIRONMENT, type PreflightNeeds } from './preflight.ts';
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
  /** A file of weights that is sent along. */
  modelFile?: string | undefined;
  /** The recipe as JSON, given where the data, and the weights where they are sent, will lie. */
  recipe: (place: { pairs: string; manifest: string; model: string; gpus: number }) => object;
  /** Folder of the trainer's Python package. */
  trainer: string;
}

/** Of an export of the study's pairs. The embedded model is sent along; one process trains it in full precision. */
export async function trainingInputs(
  study: Study,
  exported: { name: string; folder: string; file: string },
  from: { trainerFolder: string; embeddedFolder?: string | undefined },
): Promise<TrainingInputs> {
  const modelFile = await embeddedModelFile(study, from.embeddedFolder);
  return {
    export: exported.name,
    pairs: exported.file,
    manifest: join(exported.folder, 'manifest.json'),
    method: study.config.training.method,
    model: trainedModel(study),
    modelFile,
    recipe: ({ gpus, model, ...data }) => {
      const recipe = recipeOf(study, data);
      return checkRecipe(
        modelFile === undefined ? { ...recipe, gpus } : embeddedRecipe(recipe, model),
      );
    },
    trainer: join(from.trainerFolder, 'sealong_trainer'),
  };
}

/** Data, trainer and model lie by their content, so that several jobs share them and none meets another's. */
export async function placesOf(
  workdir: string,
  { modelFile }: Pick<TrainingInputs, 'modelFile'>,
  pairsHash: string,
  trainerHash: string,
) {
  const modelHash = modelFile === undefined ? '' : await hashOfFile(modelFile);
  const data = `${workdir}/data/${pairsHash.slice(0, 16)}`;
  return {
    pairs: `${data}/pairs.jsonl`,
    manifest: `${data}/manifest.json`,
    trainer: `${workdir}/trainer/${trainerHash.slice(0, 16)}`,
    model: `${workdir}/models/${modelHash.slice(0, 16)}/model.gguf`,
  };
}

export type Places = Awaited<ReturnType<typeof placesOf>>;

/** What a cluster must have, and have room for. */
export async function needsOf({
  pairs,
  model,
  modelFile,
}: TrainingInputs): Promise<PreflightNeeds> {
  const { size: bytes } = await stat(pairs);
  const environment = TRAINER_ENVIRONMENT;
  if (modelFile === undefined) return { bytes, model, environment };
  return { bytes: bytes + (await stat(modelFile)).size, environment };
}

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
  inputs: Pick<TrainingInputs, 'pairs' | 'manifest' | 'modelFile'>,
  places: Places,
  sources: readonly { path: string; name: string }[],
): Upload[] {
  return [
    { local: inputs.pairs, remote: places.pairs },
    { local: inputs.manifest, remote: places.manifest },
    ...(inputs.modelFile === undefined ? [] : [{ local: inputs.modelFile, remote: places.model }]),
    ...sources.map(({ path, name }) => ({
      local: path,
      remote: `${places.trainer}/sealong_trainer/${name}`,
    })),
  ];
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
