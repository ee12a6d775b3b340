import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Stage, StageProgress } from '../stage.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import {
  isTraining,
  jobFolder,
  listJobs,
  withState,
  writeJob,
  type TrainingJob,
} from '../training/jobRecord.ts';
import { keepData } from '../training/keepData.ts';
import type { Cluster } from './clusterProfile.ts';
import { remoteJob } from './followJobs.ts';
import { mostGpuHours } from './gpuHours.ts';
import { arrayScript } from './jobScript.ts';
import { mustBeReady, preflight, type Check } from './preflight.ts';
import { schedulerOf } from './schedulerOf.ts';
import { schedulerIdOf, scriptOf, sendJob } from './sendJob.ts';
import type { SshHost } from './ssh/sshHost.ts';
import { membersOf, type Member, type MemberInputs } from './sweepMembers.ts';
import { needsOf } from './trainingInputs.ts';
import { planUploads, upload, type Upload, type UploadPlan } from './transfer/upload.ts';

export interface SweepSummary {
  stage: 'train';
  sweep: string;
  cluster: string;
  host: string;
  checks: Check[];
  /** `there` where an earlier run sent it. */
  members: {
    member: string;
    job: string | null;
    state: TrainingJob['state'] | 'planned';
    scheduler_id: string | null;
    there: boolean;
  }[];
  uploads: { file: string; bytes: number; there: boolean }[];
  upload_bytes: number;
  /** Of what is still to be sent, by the time limit; null where there is none, as there is no scheduler. */
  gpu_hours_at_most: number | null;
  /** Members that run at once at most, where the sweep limits it and there is a scheduler. */
  at_once: number | null;
  /** Of the array, or of the first job on a host without scheduler. */
  script: string;
  /** Of a task of the array: what the first member that is still to be sent runs. */
  member_script: string | null;
}

/**
 * Sends the members of a sweep that were not sent yet: as one array where there is Slurm, one behind another where there is no
 * scheduler. What members share is sent once. Cut off and run again, it finds the array that was taken, and submits no second.
 *
 * @throws SealongError `preflight`, `busy`, or what is said of the connection.
 */
export async function* sendSweep(
  study: Study,
  ports: { clock: Clock; host: SshHost; cluster: Cluster },
  sweep: { name: string; atOnce: number | undefined; members: readonly MemberInputs[] },
  options: { plan: boolean; signal: AbortSignal },
): Stage<SweepSummary> {
  const { host, cluster } = ports;
  const { signal } = options;
  const unlock = await lockStage(study, 'train');
  try {
    const [first] = sweep.members;
    if (!first) throw new Error('A sweep has members.');
    const needs = { ...(await needsOf(first.inputs)), bytes: await bytesOf(sweep.members) };
    const { checks, workdir } = await preflight(host, cluster, needs, signal);
    for (const check of checks)
      if (check.outcome === 'warning')
        yield { type: 'warning', message: `${check.what}: ${check.detail}` };
    if (!options.plan) mustBeReady(cluster, checks);
    const members = await membersOf(study, ports, sweep, workdir);
    const missing = members.filter(({ there }) => !there);
    const shared = onceEach(missing.flatMap(({ uploads }) => uploads));
    const isReady = checks.every(({ outcome }) => outcome !== 'failed');
    const plans: UploadPlan[] = isReady ? await planUploads(host, shared, signal) : [];
    const arrays =
      cluster.profile.scheduler === 'slurm'
        ? await arraysOf(study, missing, cluster, workdir, sweep.atOnce)
        : [];
    const [alone] = missing;
    const own = alone ? scriptOf(cluster, alone.job, alone.places.trainer) : '';
    const [array] = arrays;
    const summary = (planned: boolean): SweepSummary => ({
      stage: 'train',
      sweep: sweep.name,
      cluster: cluster.name,
      host: host.host,
      checks,
      members: members.map(({ name, job, there }) => ({
        member: name,
        job: planned && !there ? null : job.id,
        state: planned && !there ? 'planned' : job.state,
        scheduler_id: schedulerIdOf(job),
        there,
      })),
      uploads: plans.map(({ remote: file, bytes, there }) => ({ file, bytes, there })),
      upload_bytes: plans.reduce((sum, { there, bytes }) => sum + (there ? 0 : bytes), 0),
      gpu_hours_at_most: mostGpuHours(cluster.profile, missing.length),
      at_once: cluster.profile.scheduler === 'slurm' ? (sweep.atOnce ?? null) : null,
      script: array?.script ?? own,
      member_script: array ? own : null,
    });
    if (options.plan) {
      yield { type: 'done', summary: summary(true) };
      return;
    }
    // All records before anything is sent: what is cut off is found again as what it was.
    for (const { job, inputs, recipe } of missing) {
      await writeJob(study, job);
      await keepData(inputs, jobFolder(study, job.id));
      await writeFile(join(jobFolder(study, job.id), 'recipe.json'), recipe);
    }
    if (cluster.profile.scheduler === 'slurm')
      for (const array of arrays) yield* sendArray(study, ports, array, signal);
    else yield* sendInTurn(study, ports, members, signal);
    yield { type: 'done', summary: summary(false) };
  } finally {
    await unlock();
  }
}

/** Of all that the members train on: what they share is sent once. */
async function bytesOf(members: readonly MemberInputs[]): Promise<number> {
  const files = new Set(
    members.flatMap(({ inputs: { pairs, modelFile } }) => [pairs, modelFile ?? pairs]),
  );
  const sizes = await Promise.all([...files].map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** One submission: what is not known to have been taken, in its place among all that belong to it. */
interface ArrayJob {
  folder: string;
  name: string;
  script: string;
  /** Folders of all tasks, a line each. */
  tasks: string;
  missing: Member[];
}

/**
 * A run that was cut off may have submitted an array and noted it for some members alone: those that are left stay tasks of that
 * array, which is found by its folder.
 */
async function arraysOf(
  study: Study,
  missing: readonly Member[],
  cluster: Cluster,
  workdir: string,
  atOnce: number | undefined,
): Promise<ArrayJob[]> {
  const known = (await listJobs(study)).jobs.filter(isTraining);
  const ids = new Set(missing.flatMap(({ job }) => job.sweep?.id ?? []));
  return [...ids].map((id) => {
    const own = missing.filter(({ job }) => job.sweep?.id === id);
    const all = new Map([...known, ...own.map(({ job }) => job)].map((job) => [job.id, job]));
    const tasks = [...all.values()]
      .filter(({ sweep }) => sweep?.id === id)
      .sort((a, b) => (a.sweep?.index ?? 0) - (b.sweep?.index ?? 0));
    const folder = `${workdir}/sweeps/${id}`;
    const name = `sealong-sweep-${id}`;
    return {
      folder,
      name,
      script: arrayScript({ cluster, name, jobFolder: folder }, tasks.length, atOnce),
      tasks: tasks.map((job) => `${remoteJob(job)?.folder ?? ''}\n`).join(''),
      missing: own,
    };
  });
}

async function* sendArray(
  study: Study,
  { clock, host, cluster }: { clock: Clock; host: SshHost; cluster: Cluster },
  array: ArrayJob,
  signal: AbortSignal,
): AsyncGenerator<StageProgress, void, undefined> {
  const { missing } = array;
  const [first] = missing;
  if (!first) return;
  const own: Upload[] = [];
  for (const { job, places } of missing) {
    const folder = jobFolder(study, job.id);
    await writeFile(join(folder, 'run.sh'), scriptOf(cluster, job, places.trainer));
    for (const name of ['recipe.json', 'run.sh'])
      own.push({ local: join(folder, name), remote: `${remoteJob(job)?.folder ?? ''}/${name}` });
  }
  const beside = jobFolder(study, first.job.id);
  await writeFile(join(beside, 'array.sh'), array.script);
  await writeFile(join(beside, 'members'), array.tasks);
  own.push({ local: join(beside, 'array.sh'), remote: `${array.folder}/run.sh` });
  own.push({ local: join(beside, 'members'), remote: `${array.folder}/members` });
  const uploads = onceEach([...missing.flatMap((member) => member.uploads), ...own]);
  const plans = (await planUploads(host, uploads, signal)).filter(({ there }) => !there);
  const total = plans.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  yield { type: 'progress', done, total, unit: 'bytes' };
  for (const plan of plans) {
    await upload(host, [plan], signal);
    done += plan.bytes;
    yield { type: 'progress', done, total, unit: 'bytes' };
  }
  const { folder, name } = array;
  const id = await schedulerOf(cluster.profile).submit(host, { jobId: name, name, folder }, signal);
  for (const member of missing) {
    const { place, sweep } = member.job;
    if (place.kind !== 'cluster' || !sweep) continue;
    const placed = { ...member.job, place: { ...place, scheduler_id: `${id}_${sweep.index}` } };
    member.job = withState(placed, { state: 'submitted' }, clock.now());
    await writeJob(study, member.job);
  }
}

async function* sendInTurn(
  study: Study,
  ports: { clock: Clock; host: SshHost; cluster: Cluster },
  members: readonly Member[],
  signal: AbortSignal,
): AsyncGenerator<StageProgress, void, undefined> {
  const behind: string[] = [];
  for (const member of members) {
    const { job, uploads, places } = member;
    if (member.there) {
      behind.push(remoteJob(job)?.folder ?? '');
      continue;
    }
    const script = scriptOf(ports.cluster, job, places.trainer, { behind });
    const files = { uploads, own: ['recipe.json'], script };
    member.job = yield* sendJob(study, ports, job, files, signal);
    behind.push(remoteJob(job)?.folder ?? '');
  }
}

function onceEach(uploads: readonly Upload[]): Upload[] {
  return [...new Map(uploads.map((one) => [one.remote, one])).values()];
}
