import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import type { Stage } from '../stage.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import {
  jobFolder,
  listJobs,
  writeJob,
  type JobRecord,
  type TrainingJob,
} from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import { keepData } from '../training/keepData.ts';
import type { Cluster } from './clusterProfile.ts';
import { mustBeReady, preflight, type Check } from './preflight.ts';
import { remoteJob } from './followJobs.ts';
import { newTrainingJob, prepareJob, sameJobs, type PreparedJob } from './preparedJob.ts';
import { schedulerIdOf, scriptOf, sendJob } from './sendJob.ts';
import type { SshHost } from './ssh/sshHost.ts';
import { needsOf, type TrainingInputs } from './trainingInputs.ts';
import { planUploads } from './transfer/upload.ts';

export interface TrainOnClusterOptions {
  /** Look and say what would be sent and run; send nothing. */
  plan: boolean;
  /** Also where a job with the same data and recipe is under way or done. */
  again: boolean;
  signal: AbortSignal;
}

export interface TrainOnClusterSummary {
  stage: 'train';
  cluster: string;
  host: string;
  job: string | null;
  state: JobRecord['state'] | 'planned';
  scheduler_id: string | null;
  folder: string;
  checks: Check[];
  uploads: { file: string; bytes: number; there: boolean }[];
  upload_bytes: number;
  script: string;
}

/**
 * Sends a training job to a cluster, once. Its record is written before anything is sent: a run that was cut off is gone on
 * with by running it again, and a job that the cluster took already is found there.
 *
 * @throws SealongError `preflight` with all that is missing, `job_exists`, `busy`, or what is said of the connection.
 */
export async function* trainOnCluster(
  study: Study,
  ports: { clock: Clock; host: SshHost; cluster: Cluster; inputs: TrainingInputs },
  options: TrainOnClusterOptions,
): Stage<TrainOnClusterSummary> {
  const { clock, host, cluster, inputs } = ports;
  const { signal } = options;
  const unlock = await lockStage(study, 'train');
  try {
    const needs = await needsOf(inputs);
    const { checks, workdir } = await preflight(host, cluster, needs, signal);
    const prepared = await prepareJob(inputs, cluster, workdir);
    const { recipe, uploads } = prepared;
    const job = await jobFor(study, clock, prepared, options.again);
    const remote = remoteJob(job);
    if (!remote) throw new Error('The job is none of a cluster.');
    const script = scriptOf(cluster, job, prepared.places.trainer);
    const failed = checks.filter(({ outcome }) => outcome === 'failed');
    const summary: TrainOnClusterSummary = {
      stage: 'train',
      cluster: cluster.name,
      host: host.host,
      job: job.id,
      state: job.state,
      scheduler_id: remote.schedulerId ?? null,
      folder: remote.folder,
      checks,
      uploads: [],
      upload_bytes: 0,
      script,
    };
    for (const check of checks)
      if (check.outcome === 'warning')
        yield { type: 'warning', message: `${check.what}: ${check.detail}` };
    if (!options.plan) mustBeReady(cluster, checks);

    const plans = failed.length > 0 ? [] : await planUploads(host, uploads, signal);
    summary.uploads = plans.map(({ remote: file, bytes, there }) => ({ file, bytes, there }));
    const total = plans.reduce((sum, plan) => sum + (plan.there ? 0 : plan.bytes), 0);
    summary.upload_bytes = total;
    if (options.plan) {
      yield { type: 'done', summary: { ...summary, job: null, state: 'planned' } };
      return;
    }
    await writeJob(study, job);
    await keepData(inputs, jobFolder(study, job.id));
    await writeFile(join(jobFolder(study, job.id), 'recipe.json'), recipe);
    const submitted = yield* sendJob(
      study,
      { clock, host, cluster },
      job,
      { uploads, own: ['recipe.json'], script },
      signal,
    );
    yield {
      type: 'done',
      summary: { ...summary, state: submitted.state, scheduler_id: schedulerIdOf(submitted) },
    };
  } finally {
    await unlock();
  }
}

/** The job that was begun with the same data, recipe and cluster and not submitted yet; or a new one. */
async function jobFor(
  study: Study,
  clock: Clock,
  prepared: PreparedJob,
  again: boolean,
): Promise<TrainingJob> {
  const same = sameJobs((await listJobs(study)).jobs, prepared);
  // A member of a sweep may have been taken with its array.
  const begun = same.find(({ state, sweep }) => state === 'prepared' && !sweep);
  if (begun) return begun;
  const other = same.findLast(({ state }) => !hasEnded(state) || state === 'done');
  if (other && !again)
    throw new SealongError(
      'job_exists',
      `Job ${other.id} on ${prepared.cluster.name} has the same pairs and recipe and is ${other.state}. Follow or fetch it with "sealong jobs" and "sealong fetch", or send another with --again.`,
    );
  return newTrainingJob(study, clock, prepared);
}
