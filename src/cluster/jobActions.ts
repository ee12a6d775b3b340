import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import type { Study } from '../study/study.ts';
import {
  isTraining,
  jobFolder,
  readJob,
  writeJob,
  type JobRecord,
  type TrainingJob,
} from '../training/jobRecord.ts';
import { hasEnded } from '../training/jobState.ts';
import { leftBy } from '../training/madeWith.ts';
import type { ClusterProfile } from './clusterProfile.ts';
import { CANCELLED, remoteJob } from './followJobs.ts';
import { forgetLooks } from './hostTurns.ts';
import { schedulerOf } from './schedulerOf.ts';
import type { SshHost } from './ssh/sshHost.ts';
import { download } from './transfer/download.ts';
import { remoteHashes } from './transfer/upload.ts';

const FILES_BELOW = `
cd -- "$folder" 2>/dev/null || exit 0
find . -type f | sed "s#^\\\\./##"
`;
/** Files of a job that are listed and, when asked, removed; never anything above its folder. */
const SIZES_BELOW = `
cd -- "$folder" 2>/dev/null || exit 0
find . -type f -exec sh -c 'for one; do printf "%s %s\\n" "$(wc -c <"$one" | tr -d " ")" "$one"; done' sh {} +
`;
const REMOVE = 'rm -rf -- "$folder"';

export interface FetchSummary {
  stage: 'fetch';
  job: string;
  folder: string;
  files: number;
  bytes: number;
}

/**
 * Brings a job's adapter here, checked by hash and put in place as a whole.
 *
 * @throws SealongError `no_adapter`, `download_damaged`.
 */
export async function fetchJob(
  study: Study,
  ports: { host: SshHost; clock: Clock },
  id: string,
  signal: AbortSignal,
): Promise<FetchSummary> {
  const job = await trainingJob(study, id);
  const { folder } = placeOf(job);
  const adapter = `${folder}/adapter`;
  const names = (
    await ports.host.mustRun('Asking for the adapter', FILES_BELOW, { folder: adapter }, signal)
  )
    .split('\n')
    .filter((name) => name !== '' && !name.split('/').includes('..'));
  if (!names.includes('adapter_config.json'))
    throw new SealongError(
      'no_adapter',
      `Job ${id} has no adapter in ${adapter} (its state here is ${job.state}). Wait for its end, or read its log.txt.`,
    );
  const local = join(jobFolder(study, id), 'adapter');
  const part = `${local}.part`;
  await mkdir(part, { recursive: true });
  for (const name of names) await mkdir(dirname(join(part, name)), { recursive: true });
  const remote = names.map((name) => `${adapter}/${name}`);
  const hashes = await remoteHashes(ports.host, remote, signal);
  let bytes = 0;
  for (const name of names)
    bytes += await download(
      ports.host,
      {
        remote: `${adapter}/${name}`,
        local: join(part, name),
        sha256: hashes.get(`${adapter}/${name}`),
      },
      signal,
    );
  await rm(local, { recursive: true, force: true });
  await rename(part, local);
  const left = await leftBy(jobFolder(study, id));
  // As it is now: a follower may have seen its end meanwhile.
  const now = await trainingJob(study, id);
  await writeJob(study, { ...now, ...left, fetched_at: ports.clock.now().toISOString() });
  return { stage: 'fetch', job: id, folder: local, files: names.length, bytes };
}

export async function cancelJob(
  study: Study,
  ports: { host: SshHost; profile: ClusterProfile; clock: Clock },
  id: string,
  signal: AbortSignal,
): Promise<{ stage: 'cancel'; job: string; was: JobRecord['state'] }> {
  const job = await readJob(study, id);
  const remote = remoteJob(job);
  if (!remote) throw notOnCluster(id);
  if (!hasEnded(job.state)) {
    await schedulerOf(ports.profile).cancel(ports.host, remote, signal);
    const at = `${ports.clock.now().toISOString()}\n`;
    await writeAtomic(join(jobFolder(study, id), CANCELLED), at);
    await forgetLooks(ports.host.target);
  }
  return { stage: 'cancel', job: id, was: job.state };
}

export interface CleanSummary {
  stage: 'clean';
  job: string;
  folder: string;
  files: { file: string; bytes: number }[];
  removed: boolean;
}

/** Lists what a job left on the cluster, and removes it where `remove` says so. What jobs share stays. */
export async function cleanJob(
  study: Study,
  ports: { host: SshHost },
  id: string,
  options: { remove: boolean; signal: AbortSignal },
): Promise<CleanSummary> {
  const job = await readJob(study, id);
  const { folder } = placeOf(job);
  if (!folder.endsWith(`/jobs/${id}`))
    throw new SealongError(
      'bad_job',
      `The record of job ${id} names ${folder}, which is no folder that SeaLong makes: nothing there is listed or removed.`,
    );
  if (options.remove && !hasEnded(job.state))
    throw new SealongError('job_running', `Job ${id} is ${job.state}. Cancel it first.`);
  const listed = await ports.host.mustRun('Listing', SIZES_BELOW, { folder }, options.signal);
  const files = listed.split('\n').flatMap((line) => {
    const [, bytes, file] = /^(\d+) \.\/(.*)$/.exec(line) ?? [];
    return bytes === undefined || file === undefined ? [] : [{ file, bytes: Number(bytes) }];
  });
  if (options.remove) await ports.host.mustRun('Removing', REMOVE, { folder }, options.signal);
  return { stage: 'clean', job: id, folder, files, removed: options.remove };
}

/** @throws SealongError `no_job`, `bad_job`, `not_training`. */
export async function trainingJob(study: Study, id: string): Promise<TrainingJob> {
  const job = await readJob(study, id);
  if (isTraining(job)) return job;
  throw new SealongError('not_training', `${id} is an inference server, not a job that trains.`);
}

function placeOf(job: JobRecord) {
  if (job.place.kind !== 'cluster') throw notOnCluster(job.id);
  return job.place;
}

export function notOnCluster(id: string): SealongError {
  return new SealongError('not_on_cluster', `Job ${id} ran on this machine: all it made is here.`);
}
