import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import type { Stage } from '../stage.ts';
import type { Study } from '../study/study.ts';
import { withState, writeJob } from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import type { Cluster } from './clusterProfile.ts';
import { JobsOnCluster, remoteJob } from './followJobs.ts';
import { forgetLooks } from './hostTurns.ts';
import { trainingJob } from './jobActions.ts';
import type { SendingFolders } from './keptFiles.ts';
import { resumeJob, type ResumeSummary } from './resumeJob.ts';
import { schedulerOf } from './schedulerOf.ts';
import { schedulerIdOf } from './sendJob.ts';
import type { SshHost } from './ssh/sshHost.ts';

/**
 * Puts a job that runs back into the queue, as the same job: it goes on from its last checkpoint when its turn comes. A host without
 * scheduler stops it and starts it again at once.
 *
 * @throws SealongError `job_not_running`, `requeue_refused`.
 */
export async function* requeueJob(
  study: Study,
  ports: { clock: Clock; host: SshHost; cluster: Cluster } & SendingFolders,
  id: string,
  signal: AbortSignal,
): Stage<ResumeSummary> {
  const { clock, host, cluster } = ports;
  const scheduler = schedulerOf(cluster.profile);
  const looker = new JobsOnCluster(study, host, scheduler, clock);
  await looker.look([await trainingJob(study, id)], signal);
  const job = await trainingJob(study, id);
  const remote = remoteJob(job);
  if (!remote || hasEnded(job.state) || job.state === 'prepared')
    throw new SealongError(
      'job_not_running',
      `Job ${id} is ${job.state.replaceAll('_', ' ')}: there is nothing to put back. "sealong resume" submits it anew.`,
    );
  if (scheduler.requeue) {
    await scheduler.requeue(host, remote, signal);
    await forgetLooks(host.target);
    const requeued = withState(job, { state: 'requeued', reason: 'asked for' }, clock.now());
    await writeJob(study, requeued);
    const { attempt, state } = requeued;
    const summary = { job: id, attempt, state, scheduler_id: schedulerIdOf(requeued) };
    yield { type: 'done', summary: { stage: 'requeue', ...summary } };
    return;
  }
  await scheduler.cancel(host, remote, signal);
  await looker.look([job], signal);
  for await (const event of resumeJob(study, ports, id, signal))
    yield event.type === 'done'
      ? { type: 'done', summary: { ...event.summary, stage: 'requeue' } }
      : event;
}
