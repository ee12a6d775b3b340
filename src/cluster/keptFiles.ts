import { dirname, join } from 'node:path';
import * as z from 'zod';
import { SealongError } from '../errors.ts';
import { readEmbeddedChat } from '../inference/embeddedFolder.ts';
import { hashOfFile } from '../records/hashOfFile.ts';
import { exists, readOptional, type Study } from '../study/study.ts';
import { jobFolder, type TrainingJob } from '../training/jobRecord.ts';
import { madeWith } from '../training/madeWith.ts';
import { trainerFiles } from '../training/trainerFiles.ts';
import { placesOf, trainerSources, uploadsOf } from './trainingInputs.ts';
import type { Upload } from './transfer/upload.ts';

/** Where what jobs share lies on this machine. */
export interface SendingFolders {
  trainerFolder: string;
  embeddedFolder?: string | undefined;
}

const recipeSchema = z.object({
  model: z.object({ base: z.string(), gguf: z.string().optional() }).optional(),
});

/**
 * What a job that never started needs on its cluster, from what it kept here: its own pairs and recipe, whatever the study holds by
 * now, and the trainer as it is now.
 *
 * @throws SealongError `job_incomplete` where these are not there, or not as they were; `embedded_missing`.
 */
export async function keptFiles(
  study: Study,
  job: TrainingJob,
  { trainerFolder, embeddedFolder }: SendingFolders,
): Promise<{ job: TrainingJob; uploads: Upload[] }> {
  const folder = jobFolder(study, job.id);
  const [pairs, manifest] = [join(folder, 'pairs.jsonl'), join(folder, 'manifest.json')];
  const recipe = await readOptional(trainerFiles(folder).recipe);
  const kept =
    recipe !== undefined &&
    (await exists(manifest)) &&
    (await exists(pairs)) &&
    (await hashOfFile(pairs)) === job.export.pairs_sha256;
  if (!kept || job.place.kind !== 'cluster')
    throw new SealongError(
      'job_incomplete',
      `Job ${job.id} cannot be sent: its pairs and recipe do not lie in ${folder} as they were. Train with the same recipe and pairs again, which goes on with it, or delete that folder.`,
    );
  const workdir = job.place.folder.replace(/\/jobs\/[^/]+$/, '');
  const trainer = join(trainerFolder, 'sealong_trainer');
  const { sources, trainerHash } = await trainerSources(trainer);
  const { model } = recipeSchema.parse(JSON.parse(recipe));
  const modelFile =
    model?.gguf === undefined ? undefined : await embeddedFile(job.id, embeddedFolder);
  const places = await placesOf(workdir, { modelFile }, job.export.pairs_sha256, trainerHash);
  if (modelFile !== undefined && dirname(places.model) !== model?.base)
    throw embeddedMissing(job.id, 'is another by now');
  const { trainer_version: version } = await madeWith(study, trainer);
  return {
    job: {
      ...job,
      trainer_sha256: trainerHash,
      ...(version === undefined ? {} : { trainer_version: version }),
    },
    uploads: uploadsOf({ pairs, manifest, modelFile }, places, sources),
  };
}

async function embeddedFile(job: string, embeddedFolder: string | undefined): Promise<string> {
  if (embeddedFolder === undefined) throw embeddedMissing(job, 'is not set up');
  return (await readEmbeddedChat(embeddedFolder)).modelFile;
}

function embeddedMissing(job: string, why: string): SealongError {
  return new SealongError(
    'embedded_missing',
    `Job ${job} sends the embedded model along, which ${why} on this machine. Train anew with the one that is here (npm start sets it up).`,
  );
}
