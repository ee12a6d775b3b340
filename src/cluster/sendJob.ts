import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { StageProgress } from '../stage.ts';
import type { Study } from '../study/study.ts';
import {
  jobFolder,
  withState,
  writeJob,
  type JobRecord,
  type TrainingJob,
} from '../training/jobRecord.ts';
import type { Cluster } from './clusterProfile.ts';
import { CANCELLED, remoteJob } from './followJobs.ts';
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

const KEEP_SECRET = `
cd -- "$folder" || exit 66
umask 077
printf '%s' "$value" >"$name.tmp" && mv -f "$name.tmp" "$name"
`;

export interface JobFiles {
  /** Absolute on both sides: data and programs that jobs share. */
  uploads: readonly Upload[];
  /** Names of files in the job's folder here that go into its folder there. */
  own: readonly string[];
  /** Content of `run.sh`. */
  script: string;
  /** Goes into a file of that name that its owner alone can read, and into no process's arguments. */
  secret?: { name: string; value: string };
}

/** Sends a job whose record is written, and submits it once; called again it goes on where it was cut off. */
export async function* sendJob<Job extends JobRecord>(
  study: Study,
  ports: { clock: Clock; host: SshHost; cluster: Cluster },
  job: Job,
  files: JobFiles,
  signal: AbortSignal,
): AsyncGenerator<StageProgress, Job, undefined> {
  const { clock, host, cluster } = ports;
  const remote = remoteJob(job);
  if (!remote) throw new Error(`${job.id} is no job of a cluster.`);
  const folder = jobFolder(study, job.id);
  await writeFile(join(folder, 'run.sh'), files.script);
  const own = [...files.own, 'run.sh'].map((name) => ({
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
  if (files.secret) {
    const { name, value } = files.secret;
    await host.mustRun(
      'Sending a key',
      KEEP_SECRET,
      { folder: remote.folder, name, value },
      signal,
    );
  }
  // What an earlier attempt left says nothing of this one.
  await Promise.all(
    ['exit', 'node', CANCELLED].map((name) => rm(join(folder, name), { force: true })),
  );
  const schedulerId = await schedulerOf(cluster.profile).submit(host, remote, signal);
  const { place } = job;
  const placed: Job =
    place.kind === 'cluster' ? { ...job, place: { ...place, scheduler_id: schedulerId } } : job;
  const submitted = withState(placed, { state: 'submitted' }, clock.now());
  await writeJob(study, submitted);
  return submitted;
}

/**
 * @param more `after` is the scheduler's id of a job whose end is waited for; `behind` are folders of such jobs, where there is no
 *   scheduler.
 */
export function scriptOf(
  cluster: Cluster,
  job: TrainingJob,
  trainerFolder: string,
  more: { after?: string; behind?: readonly string[] } = {},
): string {
  const remote = remoteJob(job);
  return jobScript({
    cluster,
    name: remote?.name ?? job.id,
    jobFolder: remote?.folder ?? '',
    trainerFolder,
    ...(job.extends ? { from: job.extends.folder } : {}),
    ...more,
  });
}

export function schedulerIdOf({ place }: JobRecord): string | null {
  return place.kind === 'cluster' ? (place.scheduler_id ?? null) : null;
}
