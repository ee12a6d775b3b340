import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { StageProgress } from '../stage.ts';
import type { Study } from '../study/study.ts';
import { jobFolder, withState, writeJob, type JobRecord } from '../training/jobRecord.ts';
import type { Cluster } from './clusterProfile.ts';
import { remoteJob } from './followJobs.ts';
import { jobScript } from './jobScript.ts';
import { schedulerOf } from './schedulerOf.ts';
import type { SshHost } from './ssh/sshHost.ts';
import { planUploads, upload, type Upload } from './transfer/upload.ts';

/**
 * Puts what an earlier attempt of a job left aside, once, so that the next is submitted anew and not found as the earlier one.
 * Checkpoints, metrics and log stay.
 */
const BEGIN_ATTEMPT = `
cd -- "$folder" || exit 66
now=$(cat attempt 2>/dev/null || echo 1)
[ "$now" -ge "$attempt" ] && exit 0
mkdir -p "attempts/$now" || exit 1
for one in scheduler_id tried submitting started pid exit cancelled node; do
  [ -e "$one" ] || continue
  rm -rf "attempts/$now/$one"
  mv -f "$one" "attempts/$now/" || exit 1
done
printf '%s\\n' "$attempt" >attempt.tmp && mv attempt.tmp attempt
`;

/** Sends a job whose record is written, and submits it once; called again it goes on where it was cut off. */
export async function* sendJob(
  study: Study,
  ports: { clock: Clock; host: SshHost; cluster: Cluster },
  job: JobRecord,
  files: { uploads: readonly Upload[]; trainer: string },
  signal: AbortSignal,
): AsyncGenerator<StageProgress, JobRecord, undefined> {
  const { clock, host, cluster } = ports;
  const remote = remoteJob(job);
  if (!remote) throw new Error(`${job.id} is no job of a cluster.`);
  const folder = jobFolder(study, job.id);
  await writeFile(join(folder, 'run.sh'), scriptOf(cluster, job, files.trainer));
  const own = ['recipe.json', 'run.sh'].map((name) => ({
    local: join(folder, name),
    remote: `${remote.folder}/${name}`,
  }));
  const plans = await planUploads(host, [...files.uploads, ...own], signal);
  const missing = plans.filter(({ there }) => !there);
  const total = missing.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  yield { type: 'progress', done, total, unit: 'bytes' };
  for (const plan of missing) {
    await upload(host, [plan], signal);
    done += plan.bytes;
    yield { type: 'progress', done, total, unit: 'bytes' };
  }
  const attempt = String(job.attempt);
  await host.mustRun(
    'Preparing the job',
    BEGIN_ATTEMPT,
    { folder: remote.folder, attempt },
    signal,
  );
  // What an earlier attempt left says nothing of this one.
  await Promise.all(['exit', 'node'].map((name) => rm(join(folder, name), { force: true })));
  const schedulerId = await schedulerOf(cluster.profile).submit(host, remote, signal);
  const placed: JobRecord =
    job.place.kind === 'cluster'
      ? { ...job, place: { ...job.place, scheduler_id: schedulerId } }
      : job;
  const submitted = withState(placed, { state: 'submitted' }, clock.now());
  await writeJob(study, submitted);
  return submitted;
}

export function scriptOf(cluster: Cluster, job: JobRecord, trainerFolder: string): string {
  const remote = remoteJob(job);
  return jobScript({
    cluster,
    name: remote?.name ?? job.id,
    jobFolder: remote?.folder ?? '',
    trainerFolder,
  });
}

export function schedulerIdOf({ place }: JobRecord): string | null {
  return place.kind === 'cluster' ? (place.scheduler_id ?? null) : null;
}
