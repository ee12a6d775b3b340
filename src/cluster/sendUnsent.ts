import type { StageNote, StageProgress, StageWarning } from '../stage.ts';
import type { Study } from '../study/study.ts';
import { isTraining, listJobs, readJob, type JobRecord } from '../training/jobRecord.ts';
import { openCluster } from './connect.ts';
import { notOnCluster } from './jobActions.ts';
import { resumeJob } from './resumeJob.ts';
import type { NamedClusterPorts } from './trainStage.ts';

/**
 * Sends to their end the jobs whose sending was cut off: all of a study's, or the one that is named, which may also have ended before
 * its work was done. Cut off itself, it goes on where it stopped.
 *
 * @throws SealongError as {@link resumeJob} does.
 */
export async function* sendUnsent(
  study: Study,
  id: string | undefined,
  { access, ...ports }: NamedClusterPorts,
  signal: AbortSignal,
): AsyncGenerator<StageProgress | StageWarning | StageNote, void, undefined> {
  const jobs = id === undefined ? await unsentJobs(study) : [await readJob(study, id)];
  if (jobs.length === 0)
    yield { type: 'note', message: 'No job of this study was cut off while it was sent.' };
  for (const job of jobs) {
    if (job.place.kind !== 'cluster') throw notOnCluster(job.id);
    const remedy = id === undefined ? remedyOf(job) : undefined;
    if (remedy !== undefined) {
      yield { type: 'warning', message: remedy };
      continue;
    }
    const { cluster, host } = await openCluster(access, job.place.cluster);
    try {
      for await (const event of resumeJob(study, { ...ports, cluster, host }, job.id, signal))
        if (event.type === 'done') {
          const { scheduler_id: as } = event.summary;
          const message = `Job ${job.id} was sent to ${cluster.name}${as === null ? '' : ` as job ${as}`}.`;
          yield { type: 'note', message };
        } else yield event;
    } finally {
      await host.close();
    }
  }
}

async function unsentJobs(study: Study): Promise<JobRecord[]> {
  const { jobs } = await listJobs(study);
  return jobs.filter(({ state, place }) => state === 'prepared' && place.kind === 'cluster');
}

/** What to do about one that is not sent by itself. */
function remedyOf(job: JobRecord): string | undefined {
  if (!isTraining(job))
    return `Server ${job.id} was not sent to its end: "sealong serve" with the same options goes on with it.`;
  if (job.sweep)
    return `Job ${job.id} of sweep "${job.sweep.name}" was not sent to its end: "sealong train" with the same --sweep goes on with it.`;
  return undefined;
}
