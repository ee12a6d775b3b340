import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import type { Stage } from '../stage.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import { withState, writeJob, type TrainingJob } from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import type { Cluster } from './clusterProfile.ts';
import { remoteJob } from './followJobs.ts';
import { trainingJob } from './jobActions.ts';
import { keptFiles, type SendingFolders } from './keptFiles.ts';
import { schedulerOf } from './schedulerOf.ts';
import { schedulerIdOf, scriptOf, sendJob } from './sendJob.ts';
import type { SshHost } from './ssh/sshHost.ts';
import type { Upload } from './transfer/upload.ts';

export interface ResumeSummary {
  stage: 'resume' | 'requeue';
  job: string;
  attempt: number;
  state: TrainingJob['state'];
  scheduler_id: string | null;
}

/**
 * Submits a job anew that ended before its work was done: the trainer goes on from its last checkpoint. One whose sending was cut off
 * is sent to its end, as the same job, and found where it was taken already. The profile's time limit, partition and GPUs are taken
 * as they are now.
 *
 * @throws SealongError `job_running`, `job_done`, `sweep_unsent`, `job_incomplete`.
 */
export async function* resumeJob(
  study: Study,
  ports: { clock: Clock; host: SshHost; cluster: Cluster } & SendingFolders,
  id: string,
  signal: AbortSignal,
): Stage<ResumeSummary> {
  const unlock = await lockStage(study, 'train');
  try {
    const before = await trainingJob(study, id);
    if (before.state === 'done')
      throw new SealongError(
        'job_done',
        `Job ${id} is done. Fetch its adapter with "sealong fetch".`,
      );
    if (!hasEnded(before.state) && before.state !== 'prepared')
      throw new SealongError(
        'job_running',
        `Job ${id} is ${before.state}. Follow it, or cancel it first.`,
      );
    await refuseUnderWay(study, ports, before, signal);
    const { job, uploads } =
      before.state === 'prepared'
        ? await unsent(study, before, ports)
        : { job: nextAttempt(before, ports.clock.now()), uploads: [] };
    await writeJob(study, job);
    const script = scriptOf(ports.cluster, job, trainerFolderOf(job), await dependency(study, job));
    const files = { uploads, own: ['recipe.json'], script };
    const submitted = yield* sendJob(study, ports, job, files, signal);
    const { attempt, state } = submitted;
    yield {
      type: 'done',
      summary: { stage: 'resume', job: id, attempt, state, scheduler_id: schedulerIdOf(submitted) },
    };
  } finally {
    await unlock();
  }
}

/** A job that was begun and not submitted, with what may not be there yet. */
async function unsent(
  study: Study,
  job: TrainingJob,
  folders: SendingFolders,
): Promise<{ job: TrainingJob; uploads: Upload[] }> {
  if (job.sweep)
    throw new SealongError(
      'sweep_unsent',
      `Job ${job.id} is a member of sweep "${job.sweep.name}", whose sending was cut off. Its members go together: send the same sweep again, which submits what is missing alone.`,
    );
  // Files of an earlier attempt, or of the job that it goes on from, are there.
  return job.attempt > 1 || job.extends ? { job, uploads: [] } : keptFiles(study, job, folders);
}

/** An extension waits for the end of the job that it goes on from. */
async function dependency(study: Study, { extends: earlier }: TrainingJob) {
  if (!earlier) return {};
  const before = await trainingJob(study, earlier.job);
  const id = hasEnded(before.state) ? undefined : remoteJob(before)?.schedulerId;
  return id === undefined ? {} : { after: id };
}

/** A scheduler can start by itself what had ended here, such as a job whose node failed: it must not run twice. */
async function refuseUnderWay(
  study: Study,
  { clock, host, cluster }: { clock: Clock; host: SshHost; cluster: Cluster },
  job: TrainingJob,
  signal: AbortSignal,
): Promise<void> {
  const remote = remoteJob(job);
  if (!remote || job.state === 'prepared') return;
  const seen = await schedulerOf(cluster.profile).sight(host, [remote], signal);
  const state = seen.get(job.id)?.state;
  if (state === undefined || hasEnded(state)) return;
  await writeJob(study, withState(job, { state }, clock.now()));
  throw new SealongError(
    'job_running',
    `Job ${job.id} is ${state} again on ${cluster.name}: the scheduler started it anew. Follow it with "sealong jobs", or cancel it first.`,
  );
}

function nextAttempt(job: TrainingJob, now: Date): TrainingJob {
  if (job.place.kind !== 'cluster')
    throw new SealongError(
      'not_on_cluster',
      `Job ${job.id} ran on this machine: train it again to go on.`,
    );
  const { kind, cluster, scheduler, folder } = job.place;
  const place = { kind, cluster, scheduler, folder };
  return withState({ ...job, attempt: job.attempt + 1, place }, { state: 'prepared' }, now);
}

/** Where the trainer that a job was sent with lies on its cluster. */
export function trainerFolderOf({ place, trainer_sha256: hash = '' }: TrainingJob): string {
  const workdir = place.kind === 'cluster' ? place.folder.replace(/\/jobs\/[^/]+$/, '') : '';
  return `${workdir}/trainer/${hash.slice(0, 16)}`;
}
