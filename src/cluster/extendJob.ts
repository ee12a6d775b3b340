import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import { readLines } from '../records/lines.ts';
import type { Stage } from '../stage.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import {
  isTraining,
  jobFolder,
  listJobs,
  writeJob,
  type TrainingJob,
} from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import { keepData } from '../training/keepData.ts';
import { trainerFiles } from '../training/trainerFiles.ts';
import { clusterProfileSchema, type Cluster } from './clusterProfile.ts';
import { JobsOnCluster, remoteJob } from './followJobs.ts';
import { trainingJob } from './jobActions.ts';
import { jobBegun } from './jobBegun.ts';
import { trainerFolderOf } from './resumeJob.ts';
import { schedulerOf } from './schedulerOf.ts';
import { schedulerIdOf, scriptOf, sendJob } from './sendJob.ts';
import type { SshHost } from './ssh/sshHost.ts';
import { sha256 } from './trainingInputs.ts';

/** What the new job does more than the one that it goes on from. */
export interface Extension {
  /** Optimiser steps in all, those done before included. */
  steps?: number;
  /** Epochs in all. */
  epochs?: number;
  /** Time limit of the new job; the cluster's where absent. */
  time?: string;
}

export interface ExtendSummary {
  stage: 'extend';
  job: string;
  extends: string;
  state: TrainingJob['state'];
  scheduler_id: string | null;
  /** The scheduler's id of the job whose end is waited for. */
  waits_for: string | null;
}

/**
 * Submits a new job that goes on where another will have ended: from its checkpoints, for more time, steps or epochs. Where that one
 * still waits or runs, the new one waits for its end. Called again it goes on with what was begun, and submits no second.
 *
 * @throws SealongError `job_done` where there is nothing to do more, `bad_time`, `busy`.
 */
export async function* extendJob(
  study: Study,
  ports: { clock: Clock; host: SshHost; cluster: Cluster },
  id: string,
  options: { extension: Extension; signal: AbortSignal },
): Stage<ExtendSummary> {
  const { clock, host } = ports;
  const { extension, signal } = options;
  const cluster = withTime(ports.cluster, extension.time);
  const unlock = await lockStage(study, 'train');
  try {
    await looked(study, await trainingJob(study, id), ports, signal);
    const before = await trainingJob(study, id);
    const earlier = remoteJob(before);
    if (!earlier || before.state === 'prepared')
      throw new SealongError(
        'not_on_cluster',
        `Job ${id} was never sent to a cluster: train first.`,
      );
    const recipe = await extendedRecipe(study, before, extension);
    const { jobs } = await listJobs(study);
    const begun = jobs
      .filter(isTraining)
      .find(
        (job) =>
          job.state === 'prepared' &&
          job.extends?.job === id &&
          job.recipe_sha256 === sha256(recipe),
      );
    const job = begun ?? newJob(before, earlier.folder, recipe, clock.now());
    const folder = jobFolder(study, job.id);
    await writeJob(study, job);
    const from = jobFolder(study, id);
    const [pairs, manifest] = [join(from, 'pairs.jsonl'), join(from, 'manifest.json')];
    await keepData({ pairs, manifest }, folder);
    await writeFile(trainerFiles(folder).recipe, recipe);
    const waitsFor = hasEnded(before.state) ? undefined : earlier.schedulerId;
    const dependency = waitsFor === undefined ? {} : { after: waitsFor };
    const script = scriptOf(cluster, job, trainerFolderOf(job), dependency);
    const files = { uploads: [], own: ['recipe.json'], script };
    const submitted = yield* sendJob(study, { clock, host, cluster }, job, files, signal);
    yield {
      type: 'done',
      summary: {
        stage: 'extend',
        job: job.id,
        extends: id,
        state: submitted.state,
        scheduler_id: schedulerIdOf(submitted),
        waits_for: waitsFor ?? null,
      },
    };
  } finally {
    await unlock();
  }
}

async function looked(
  study: Study,
  job: TrainingJob,
  { clock, host, cluster }: { clock: Clock; host: SshHost; cluster: Cluster },
  signal: AbortSignal,
): Promise<void> {
  if (hasEnded(job.state) || job.state === 'prepared') return;
  const scheduler = schedulerOf(cluster.profile);
  await new JobsOnCluster(study, host, scheduler, clock).look([job], signal);
}

async function extendedRecipe(
  study: Study,
  before: TrainingJob,
  { steps, epochs }: Extension,
): Promise<string> {
  const text = await readFile(trainerFiles(jobFolder(study, before.id)).recipe, 'utf8');
  const same = JSON.parse(text) as Record<string, unknown>;
  const enough =
    epochs ?? (steps === undefined ? undefined : await epochsFor(study, before, same, steps));
  const more = {
    ...(steps === undefined ? {} : { max_steps: steps }),
    ...(enough === undefined ? {} : { epochs: enough }),
  };
  // As it was sent, where nothing is changed: its hash is that of the file.
  if (Object.keys(more).length > 0) return `${JSON.stringify({ ...same, ...more }, null, 2)}\n`;
  if (before.state === 'done')
    throw new SealongError(
      'job_done',
      `Job ${before.id} is done. Say how much more it is to train: --steps or --epochs, in all.`,
    );
  return text;
}

const lengthSchema = z.object({
  epochs: z.number().int().positive().default(1),
  batch_size: z.number().int().positive().default(8),
});

/** A run ends with its epochs, however many steps it may take: as many epochs as the steps need, if the recipe has fewer. */
async function epochsFor(
  study: Study,
  { id }: TrainingJob,
  recipe: object,
  steps: number,
): Promise<number> {
  const { epochs, batch_size: batch } = lengthSchema.parse(recipe);
  let rows = 0;
  for await (const lines of readLines(join(jobFolder(study, id), 'pairs.jsonl')))
    rows += lines.length;
  return Math.max(epochs, Math.ceil(steps / Math.max(1, Math.ceil(rows / batch))));
}

function newJob(before: TrainingJob, folder: string, recipe: string, now: Date): TrainingJob {
  const { place } = before;
  if (place.kind !== 'cluster') throw new Error(`${before.id} is on no cluster.`);
  const method = before.id.split('-').at(2) ?? 'train';
  const { cluster, scheduler } = place;
  const { trainer_sha256: trainer, trainer_version: version, study_sha256: study } = before;
  return {
    ...jobBegun(now, method, { cluster, scheduler, jobs: dirname(folder) }),
    kind: 'train',
    export: before.export,
    recipe_sha256: sha256(recipe),
    ...(trainer === undefined ? {} : { trainer_sha256: trainer }),
    ...(version === undefined ? {} : { trainer_version: version }),
    ...(study === undefined ? {} : { study_sha256: study }),
    extends: { job: before.id, folder },
  };
}

/** @throws SealongError `bad_time`. */
export function withTime(cluster: Cluster, time: string | undefined): Cluster {
  if (time === undefined) return cluster;
  const parsed = clusterProfileSchema.safeParse({ ...cluster.profile, time });
  if (parsed.success) return { name: cluster.name, profile: parsed.data };
  throw new SealongError('bad_time', `"${time}" is no time limit: write HH:MM:SS, or D-HH:MM:SS.`);
}
