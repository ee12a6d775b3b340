import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { SealongError } from '../errors.ts';
import { hashOfFile } from '../records/hashOfFile.ts';
import { canonicalJson } from '../study/canonicalHash.ts';
import { readOptional, type Study } from '../study/study.ts';
import { indexStudy } from '../study/studyIndex.ts';
import { hashOfFolder, readAdapterConfig } from '../training/adapterFiles.ts';
import { trainerFiles } from '../training/trainerFiles.ts';
import {
  isTraining,
  JOB_ID,
  jobFolder,
  listJobs,
  type TrainingJob,
} from '../training/jobRecord.ts';
import { pairLineages, type PairLineage } from './pairLineage.ts';

/** Where an adapter comes from, step by step; `null` is what is not known. */
export interface Lineage {
  adapter: { folder: string; sha256: string; base_model: string | null } | null;
  job: {
    id: string;
    state: TrainingJob['state'];
    created_at: string;
    cluster: string | null;
    scheduler_id: string | null;
    /** Where it ran, in order, one for each start. */
    starts: { at: string; node: string; scheduler_id: string | null }[];
    attempt: number;
    trainer: { version: string | null; sha256: string | null };
    /** What the job ran with: the hash of its list of packages, and what that says of Python, container and GPUs. */
    environment: { sha256: string; about: string[] } | null;
    /** The job whose checkpoint it went on from. */
    extends: string | null;
    /** The sweep that it is a member of. */
    sweep: { name: string; member: string } | null;
  };
  recipe: unknown;
  export: {
    name: string;
    manifest_sha256: string;
    pairs_sha256: string;
    created_at: string;
    sealong: string | null;
    format: string;
    sampling: string;
    scorer: string;
    policy: unknown;
    counts: unknown;
    /** The part of the study's pairs that it holds; null for all. */
    subset: unknown;
    reviewers: Record<string, number>;
  };
  study: { name: string; folder: string; sha256: string | null; config_as_exported: boolean };
  pairs: PairLineage[];
  /** What does not fit together any more, for people. */
  problems: string[];
}

const manifestSchema = z.looseObject({
  created_at: z.string(),
  sealong: z.string().nullish(),
  study: z.looseObject({ name: z.string(), config: z.unknown() }),
  sampling: z.string(),
  scorer: z.string(),
  policy: z.unknown(),
  counts: z.unknown(),
  subset: z.unknown().optional(),
  reviewers: z.record(z.string(), z.number()),
  format: z.string(),
});

/**
 * From an adapter, or the job that made it, back to every pair with its samples, scores and decisions. Hashes are checked on the
 * way; what no longer fits is told, not passed over.
 *
 * @param of the id of a job of the study, or a folder with an adapter: that of a job, or a copy of it elsewhere.
 * @throws SealongError `no_job`, `no_adapter`, `unknown_adapter`, `no_lineage`.
 */
export async function lineageOf(study: Study, of: string, signal: AbortSignal): Promise<Lineage> {
  const problems: string[] = [];
  const job = await jobOf(study, of, problems);
  const folder = jobFolder(study, job.id);
  const files = {
    pairs: join(folder, 'pairs.jsonl'),
    manifest: join(folder, 'manifest.json'),
    recipe: trainerFiles(folder).recipe,
  };
  for (const [what, file, wanted] of [
    ['pairs', files.pairs, job.export.pairs_sha256],
    ['manifest', files.manifest, job.export.manifest_sha256],
    ['recipe', files.recipe, job.recipe_sha256],
  ] as const)
    if ((await hashIfThere(file)) !== wanted)
      problems.push(`The ${what} in ${file} are not those that the job was sent with.`);
  const text = await readOptional(files.manifest);
  const manifest = manifestSchema.safeParse(parsed(text));
  if (!manifest.success)
    throw new SealongError(
      'no_lineage',
      `${files.manifest} is missing or no manifest of an export, so that the way from job ${job.id} ends here. Take it from version control.`,
    );
  const { data } = manifest;
  const index = await indexStudy(study, signal);
  const pairs: PairLineage[] = [];
  const source = {
    ...{ study, index, file: files.pairs },
    ...{ sampling: data.sampling, scorer: data.scorer, exportedAt: data.created_at },
  };
  for await (const pair of pairLineages(source, signal))
    if ('problem' in pair) problems.push(pair.problem);
    else pairs.push(pair);
  const gone = pairs.filter(({ chosen, rejected }) => [chosen, rejected].some(isGone)).length;
  if (gone > 0)
    problems.push(
      `${gone} of ${pairs.length} pairs hold a text that no trajectory of the study has any more.`,
    );
  const { place } = job;
  return {
    adapter: await adapterOf(JOB_ID.test(of) ? trainerFiles(folder).adapter : of, job, problems),
    job: {
      id: job.id,
      state: job.state,
      created_at: job.created_at,
      cluster: place.kind === 'cluster' ? place.cluster : null,
      scheduler_id: place.kind === 'cluster' ? (place.scheduler_id ?? null) : null,
      starts: await startsOf(folder, place.kind === 'cluster' ? place.node : undefined),
      attempt: job.attempt,
      trainer: { version: job.trainer_version ?? null, sha256: job.trainer_sha256 ?? null },
      environment: await environmentOf(folder),
      extends: job.extends?.job ?? null,
      sweep: job.sweep ? { name: job.sweep.name, member: job.sweep.member } : null,
    },
    recipe: parsed(await readOptional(files.recipe)) ?? null,
    export: {
      ...job.export,
      created_at: data.created_at,
      sealong: data.sealong ?? null,
      format: data.format,
      sampling: data.sampling,
      scorer: data.scorer,
      policy: data.policy,
      counts: data.counts,
      subset: data.subset ?? null,
      reviewers: data.reviewers,
    },
    study: {
      name: data.study.name,
      folder: study.dir,
      sha256: job.study_sha256 ?? null,
      config_as_exported: canonicalJson(data.study.config) === canonicalJson(study.config),
    },
    pairs,
    problems,
  };
}

function isGone(side: { index: number | null } | null): boolean {
  return side?.index === null;
}

/** The job of an id or of an adapter's folder; a copy of an adapter is known by its files. */
async function jobOf(study: Study, of: string, problems: string[]): Promise<TrainingJob> {
  const listed = await listJobs(study);
  problems.push(...listed.problems);
  const jobs = listed.jobs.filter(isTraining);
  const named = jobs.find(({ id }) => id === of);
  if (named) return named;
  if (!(await isFolder(of)))
    throw new SealongError(
      'no_job',
      `"${of}" is neither a job of ${study.dir} nor a folder with an adapter. "sealong jobs ${study.dir}" lists the jobs.`,
    );
  if (!(await readAdapterConfig(of)))
    throw new SealongError(
      'no_adapter',
      `${of} holds no adapter: there is no adapter_config.json.`,
    );
  const real = await realpath(of);
  for (const job of jobs)
    if ((await realOf(trainerFiles(jobFolder(study, job.id)).adapter)) === real) return job;
  const sha256 = await hashOfFolder(of);
  const same = jobs.find(({ adapter }) => adapter?.sha256 === sha256);
  if (same) return same;
  const manifest = await hashIfThere(join(of, 'data-manifest.json'));
  const byData = jobs.filter((job) => job.export.manifest_sha256 === manifest);
  const [only] = byData;
  if (only && byData.length === 1) {
    problems.push(
      `${of} differs from the adapter of job ${only.id}, but was trained on the same pairs.`,
    );
    return only;
  }
  throw new SealongError(
    'unknown_adapter',
    `No job of ${study.dir} made the adapter in ${of}${byData.length > 1 ? `; ${byData.map(({ id }) => id).join(', ')} trained on the same pairs` : ''}. Name the study that trained it, or the job.`,
  );
}

async function adapterOf(
  folder: string,
  job: TrainingJob,
  problems: string[],
): Promise<Lineage['adapter']> {
  const config = await readAdapterConfig(folder);
  if (!config) return null;
  const sha256 = await hashOfFolder(folder);
  if (job.adapter && job.adapter.sha256 !== sha256)
    problems.push(`The adapter in ${folder} is not as job ${job.id} made it: its files changed.`);
  return { folder, sha256, base_model: config.base_model_name_or_path ?? null };
}

async function startsOf(folder: string, node: string | undefined) {
  const text = await readOptional(join(folder, 'starts.txt'));
  const starts = (text ?? '').split('\n').flatMap((line) => {
    const [at, on, id] = line.split(' ');
    return at && on
      ? [{ at, node: on, scheduler_id: id === undefined || id === '' ? null : id }]
      : [];
  });
  return starts.length > 0 || node === undefined ? starts : [{ at: '', node, scheduler_id: null }];
}

async function environmentOf(folder: string): Promise<Lineage['job']['environment']> {
  const { environment } = trainerFiles(folder);
  const text = await readOptional(environment);
  if (text === undefined || text === '') return null;
  const about = text.split('\n').filter((line) => line !== '' && !line.includes('=='));
  return { sha256: await hashOfFile(environment), about };
}

async function hashIfThere(file: string): Promise<string | undefined> {
  return (await isFile(file)) ? hashOfFile(file) : undefined;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function realOf(path: string): Promise<string | undefined> {
  return realpath(path).catch(() => undefined);
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
