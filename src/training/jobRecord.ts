import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SealongError } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { localFolder, readOptional, type Study } from '../study/study.ts';
import { JOB_STATES } from './jobState.ts';

const text = z.string();

/**
 * A folder on a cluster: absolute, and as it is written. A study may come from anybody, and what its records name is read there,
 * and removed.
 */
const remoteFolder = text
  .regex(/^\/[^\p{Cc}]*$/u, 'must be absolute')
  .refine((path) => !path.split('/').includes('..'), 'holds ".."');

/** Where a job runs: on this machine, or on a cluster of the user's that is known by its name alone. */
const placeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('local') }),
  z.object({
    kind: z.literal('cluster'),
    cluster: text,
    scheduler: z.enum(['slurm', 'none']),
    /** The job's folder there. */
    folder: remoteFolder,
    /** Never an option of a scheduler's command. */
    scheduler_id: text.regex(/^\d+(_\d+)?$/, 'is no id of a job').optional(),
    node: text.optional(),
  }),
]);

const common = {
  v: z.number().int().optional(),
  id: text,
  created_at: text,
  place: placeSchema,
  /** Counts from 1; each is submitted once. */
  attempt: z.number().int().positive().default(1),
  state: z.enum(JOB_STATES),
  /** Why it waits or how it ended, in the scheduler's words. */
  reason: text.optional(),
  expected_start: text.optional(),
  exit_code: z.number().int().optional(),
  /** Every state with when it was first seen, also what happened while nobody looked. */
  history: z.array(z.object({ at: text, state: z.enum(JOB_STATES), reason: text.optional() })),
};

/** `training/<job>/job.json`: what was sent where, and how it stands. From here the way leads back to every pair. */
const trainingJobSchema = z.object({
  kind: z.literal('train').default('train'),
  ...common,
  /** Name of the export and hash of its manifest, which names study, samples, scores, decisions and reviewers. */
  export: z.object({ name: text, manifest_sha256: text, pairs_sha256: text }),
  recipe_sha256: text,
  trainer_sha256: text.optional(),
  trainer_version: text.optional(),
  /** Of the study's parameters when the job was sent, as canonical JSON. */
  study_sha256: text.optional(),
  /** Of the list of packages that the job ran with, `environment.txt`. */
  environment_sha256: text.optional(),
  /** As it was brought here, or made here: one hash over the names and contents of its files. */
  adapter: z.object({ sha256: text, files: z.number(), bytes: z.number() }).optional(),
  /** The sweep that it is a member of; `id` is that of one submission, `values` its place on each axis. */
  sweep: z
    .object({
      id: text,
      name: text,
      member: text,
      index: z.number().int(),
      of: z.number().int(),
      values: z.record(text, z.json()).optional(),
    })
    .optional(),
  /** The job whose checkpoint this one goes on from, and its folder there. */
  extends: z.object({ job: text, folder: remoteFolder }).optional(),
  /** When the adapter was brought here. */
  fetched_at: text.optional(),
});
export type TrainingJob = z.infer<typeof trainingJobSchema>;

/** An inference server that runs as a job; of this machine, as is the tunnel to it. */
const serverJobSchema = z.object({
  kind: z.literal('serve'),
  ...common,
  server: z.object({
    /** Name of its template. */
    engine: text,
    /** Hub id, or a folder on the cluster. */
    model: text,
    /** `path` is on the cluster; `from` is the job that trained it, or the folder here that it was sent from. */
    adapter: z.object({ path: text, from: text.optional() }).optional(),
    /** By which requests name the model, with its adapter. */
    served_model: text,
    /** Port of this machine's loopback that leads to it; taken again where it is free. */
    local_port: z.number().int().positive().optional(),
  }),
});
export type ServerJob = z.infer<typeof serverJobSchema>;

export type JobRecord = TrainingJob | ServerJob;

export function isTraining(job: JobRecord): job is TrainingJob {
  return job.kind === 'train';
}

/** What the id of a server's job holds in place of a method of training. */
export const SERVE = 'serve';

/** Whether an id is that of a server's job, as {@link newJobId} makes it. */
export function isServerId(id: string): boolean {
  return JOB_ID.test(id) && id.includes(`-${SERVE}-`);
}

/** Ids are names of folders here and on clusters, and words of Slurm. */
export const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/;

export function newJobId(now: Date, method: string): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', '-');
  return `${stamp}-${method}-${randomUUID().slice(0, 4)}`;
}

export function jobFolder(study: Pick<Study, 'dir' | 'paths'>, id: string): string {
  if (!JOB_ID.test(id))
    throw new SealongError('no_job', `"${id}" is no id of a job. "sealong jobs" lists them.`);
  return join(jobFolders(study)[isServerId(id) ? 'servers' : 'training'], id);
}

/** Where a study's jobs are: those that train, and servers. */
export function jobFolders(study: Pick<Study, 'dir' | 'paths'>) {
  return { training: join(study.dir, 'training'), servers: join(study.paths.local, 'servers') };
}

/** @throws SealongError `no_job`, `bad_job`. */
export async function readJob(study: Pick<Study, 'dir' | 'paths'>, id: string): Promise<JobRecord> {
  const file = join(jobFolder(study, id), 'job.json');
  const content = await readOptional(file);
  if (content === undefined)
    throw new SealongError(
      'no_job',
      `${study.dir} has no job "${id}". "sealong jobs ${study.dir}" lists those it has.`,
    );
  const schema: z.ZodType<JobRecord> = isServerId(id) ? serverJobSchema : trainingJobSchema;
  const parsed = schema.safeParse(parsedJson(content));
  if (parsed.success) return parsed.data;
  throw new SealongError(
    'bad_job',
    `${file} is not as SeaLong writes it: ${issuesText(parsed.error.issues)}. Take it from version control, or remove the job's folder.`,
  );
}

export async function writeJob(study: Study, job: JobRecord): Promise<void> {
  const folder = jobFolder(study, job.id);
  // Which keeps servers out of git.
  if (job.kind === 'serve') await localFolder(study);
  await mkdir(folder, { recursive: true });
  await writeAtomic(join(folder, 'job.json'), `${JSON.stringify(job, null, 2)}\n`);
}

/** All jobs of a study, oldest first; those that cannot be read are named beside. */
export async function listJobs(
  study: Pick<Study, 'dir' | 'paths'>,
): Promise<{ jobs: JobRecord[]; problems: string[] }> {
  const jobs: JobRecord[] = [];
  const problems: string[] = [];
  for (const id of await allIds(study))
    try {
      jobs.push(await readJob(study, id));
    } catch (error) {
      if (!(error instanceof SealongError)) throw error;
      if (error.code !== 'no_job') problems.push(error.message);
    }
  jobs.sort((a, b) => (a.created_at < b.created_at ? -1 : a.created_at > b.created_at ? 1 : 0));
  return { jobs, problems };
}

async function jobIds(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && JOB_ID.test(entry.name))
      .map(({ name }) => name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

async function allIds(study: Pick<Study, 'dir' | 'paths'>): Promise<string[]> {
  const { training, servers } = jobFolders(study);
  return [
    ...(await jobIds(training)).filter((id) => !isServerId(id)),
    ...(await jobIds(servers)).filter(isServerId),
  ];
}

function parsedJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The record after something was seen of the job; the history grows only where the state is another. */
export function withState<Job extends JobRecord>(
  job: Job,
  seen: Pick<JobRecord, 'state' | 'reason' | 'expected_start' | 'exit_code'>,
  at: Date,
): Job {
  const rest = { ...job };
  delete rest.reason;
  delete rest.expected_start;
  delete rest.exit_code;
  const next: Job = { ...rest, ...seen };
  if (seen.state === job.state) return next;
  const entry = {
    at: at.toISOString(),
    state: seen.state,
    ...(seen.reason === undefined ? {} : { reason: seen.reason }),
  };
  return { ...next, history: [...job.history, entry] };
}
