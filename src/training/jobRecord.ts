import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SealongError } from '../errors.ts';
import { issuesText } from '../records/jsonl.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { readOptional, type Study } from '../study/study.ts';
import { JOB_STATES } from './jobState.ts';

const text = z.string();

/** Where a job runs: on this machine, or on a cluster of the user's that is known by its name alone. */
const placeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('local') }),
  z.object({
    kind: z.literal('cluster'),
    cluster: text,
    scheduler: z.enum(['slurm', 'none']),
    /** The job's folder there. */
    folder: text,
    scheduler_id: text.optional(),
    node: text.optional(),
  }),
]);

/** `training/<job>/job.json`: what was sent where, and how it stands. From here the way leads back to every pair. */
export const jobSchema = z.object({
  v: z.number().int().optional(),
  id: text,
  created_at: text,
  place: placeSchema,
  /** Name of the export and hash of its manifest, which names study, samples, scores, decisions and reviewers. */
  export: z.object({ name: text, manifest_sha256: text, pairs_sha256: text }),
  recipe_sha256: text,
  trainer_sha256: text.optional(),
  /** Counts from 1; each is submitted once. */
  attempt: z.number().int().positive().default(1),
  state: z.enum(JOB_STATES),
  /** Why it waits or how it ended, in the scheduler's words. */
  reason: text.optional(),
  expected_start: text.optional(),
  exit_code: z.number().int().optional(),
  /** Every state with when it was first seen, also what happened while nobody looked. */
  history: z.array(z.object({ at: text, state: z.enum(JOB_STATES), reason: text.optional() })),
  /** When the adapter was brought here. */
  fetched_at: text.optional(),
});
export type JobRecord = z.infer<typeof jobSchema>;

/** Ids are names of folders here and on clusters, and words of Slurm. */
export const JOB_ID = /^[A-Za-z0-9][A-Za-z0-9-]{0,99}$/;

export function newJobId(now: Date, method: string): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').slice(0, 15).replace('T', '-');
  return `${stamp}-${method}-${randomUUID().slice(0, 4)}`;
}

export function jobFolder(study: Study, id: string): string {
  if (!JOB_ID.test(id))
    throw new SealongError('no_job', `"${id}" is no id of a job. "sealong jobs" lists them.`);
  return join(study.dir, 'training', id);
}

/** @throws SealongError `no_job`, `bad_job`. */
export async function readJob(study: Study, id: string): Promise<JobRecord> {
  const file = join(jobFolder(study, id), 'job.json');
  const content = await readOptional(file);
  if (content === undefined)
    throw new SealongError(
      'no_job',
      `${study.dir} has no job "${id}". "sealong jobs ${study.dir}" lists those it has.`,
    );
  const parsed = jobSchema.safeParse(parsedJson(content));
  if (parsed.success) return parsed.data;
  throw new SealongError(
    'bad_job',
    `${file} is not as SeaLong writes it: ${issuesText(parsed.error.issues)}. Take it from version control, or remove the job's folder.`,
  );
}

export async function writeJob(study: Study, job: JobRecord): Promise<void> {
  const folder = jobFolder(study, job.id);
  await mkdir(folder, { recursive: true });
  await writeAtomic(join(folder, 'job.json'), `${JSON.stringify(job, null, 2)}\n`);
}

/** All jobs of a study, oldest first; those that cannot be read are named beside. */
export async function listJobs(study: Study): Promise<{ jobs: JobRecord[]; problems: string[] }> {
  const jobs: JobRecord[] = [];
  const problems: string[] = [];
  for (const id of await jobIds(join(study.dir, 'training')))
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

function parsedJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The record after something was seen of the job; the history grows only where the state is another. */
export function withState(
  job: JobRecord,
  seen: Pick<JobRecord, 'state' | 'reason' | 'expected_start' | 'exit_code'>,
  at: Date,
): JobRecord {
  const rest = { ...job };
  delete rest.reason;
  delete rest.expected_start;
  delete rest.exit_code;
  const next: JobRecord = { ...rest, ...seen };
  if (seen.state === job.state) return next;
  const entry = {
    at: at.toISOString(),
    state: seen.state,
    ...(seen.reason === undefined ? {} : { reason: seen.reason }),
  };
  return { ...next, history: [...job.history, entry] };
}
