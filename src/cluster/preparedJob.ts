import type { Clock } from '../clock.ts';
import { hashOfFile } from '../records/hashOfFile.ts';
import type { Study } from '../study/study.ts';
import { isTraining, type JobRecord, type TrainingJob } from '../training/jobRecord.ts';
import { madeWith } from '../training/madeWith.ts';
import type { Cluster } from './clusterProfile.ts';
import { jobBegun } from './jobBegun.ts';
import {
  placesOf,
  recipeText,
  sha256,
  trainerSources,
  uploadsOf,
  type Places,
  type TrainingInputs,
} from './trainingInputs.ts';
import type { Upload } from './transfer/upload.ts';

/** What follows from inputs and cluster: what a job of them is known again by, and what is sent for it. */
export interface PreparedJob {
  inputs: TrainingInputs;
  cluster: Cluster;
  workdir: string;
  pairsHash: string;
  recipe: string;
  recipeHash: string;
  trainerHash: string;
  places: Places;
  uploads: Upload[];
}

/** @param workdir on the cluster, absolute. */
export async function prepareJob(
  inputs: TrainingInputs,
  cluster: Cluster,
  workdir: string,
): Promise<PreparedJob> {
  const pairsHash = await hashOfFile(inputs.pairs);
  const { sources, trainerHash } = await trainerSources(inputs.trainer);
  const places = await placesOf(workdir, inputs, pairsHash, trainerHash);
  const recipe = recipeText(inputs, places, cluster);
  return {
    ...{ inputs, cluster, workdir, pairsHash, recipe, trainerHash, places },
    recipeHash: sha256(recipe),
    uploads: uploadsOf(inputs, places, sources),
  };
}

/** Those with the same pairs and recipe on the same cluster, in their order. */
export function sameJobs(
  jobs: readonly JobRecord[],
  { cluster, pairsHash, recipeHash }: PreparedJob,
): TrainingJob[] {
  return jobs
    .filter(isTraining)
    .filter(
      ({ place, recipe_sha256: recipe, export: { pairs_sha256: pairs } }) =>
        place.kind === 'cluster' &&
        place.cluster === cluster.name &&
        recipe === recipeHash &&
        pairs === pairsHash,
    );
}

/** @param study as it was when its pairs were made. */
export async function newTrainingJob(
  study: Study,
  clock: Clock,
  { inputs, cluster, workdir, pairsHash, recipeHash, trainerHash }: PreparedJob,
): Promise<TrainingJob> {
  const manifestHash = await hashOfFile(inputs.manifest);
  const made = await madeWith(study, inputs.trainer);
  const place = { cluster: cluster.name, scheduler: cluster.profile.scheduler };
  return {
    ...jobBegun(clock.now(), inputs.method, { ...place, jobs: `${workdir}/jobs` }),
    kind: 'train',
    export: {
      name: inputs.export,
      manifest_sha256: manifestHash,
      pairs_sha256: pairsHash,
    },
    recipe_sha256: recipeHash,
    trainer_sha256: trainerHash,
    ...made,
  };
}
