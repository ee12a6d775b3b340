import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { SealongError } from '../errors.ts';
import { exportPairs, type ExportSummary } from '../preference/export.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import type { Stage, StageProgress, StageWarning } from '../stage.ts';
import { lockStage } from '../study/lock.ts';
import type { Study } from '../study/study.ts';
import {
  isTraining,
  jobFolder,
  listJobs,
  newJobId,
  withState,
  writeJob,
  type TrainingJob,
} from './jobRecord.ts';
import { hasEnded, STOPPED_STATUS } from './jobState.ts';
import { keepData } from './keepData.ts';
import { leftBy, madeWith } from './madeWith.ts';
import { checkRecipe } from './checkRecipe.ts';
import { embeddedModelFile } from './embeddedModel.ts';
import { embeddedRecipe, recipeOf } from './recipeOf.ts';
import { endOfLog, lastMetrics, readTrainerState, trainerFiles } from './trainerFiles.ts';
import { startTrainer, type RunningTrainer, type TrainerProgram } from './trainerProcess.ts';

const LOOK_EVERY_MS = 500;

export interface TrainSummary {
  stage: 'train';
  job: string;
  folder: string;
  export: string;
  pairs: number;
  steps: number;
  /** Of the last step. */
  loss: number | null;
  margin: number | null;
  adapter: string;
}

/**
 * Trains on the study's pairs with the trainer on this machine: exports them, writes `training/<job>/`, runs the trainer
 * there and follows it. A job that was stopped, or whose process is gone, is gone on with from its last checkpoint.
 *
 * @throws SealongError as the export does; `bad_recipe`, `no_trainer`, `job_exists`, `training_failed`, `busy`.
 */
export async function* trainLocally(
  study: Study,
  ports: { clock: Clock; trainer: TrainerProgram; embeddedFolder?: string | undefined },
  options: { again: boolean; signal: AbortSignal },
): Stage<TrainSummary> {
  const unlock = await lockStage(study, 'train');
  try {
    const exported = yield* exportForTraining(study, ports.clock, options.signal);
    const recipe = await localRecipe(study, ports.embeddedFolder);
    const made = await madeWith(study, join(ports.trainer.folder, 'sealong_trainer'));
    const job = await jobFor(study, { exported, recipe, made }, ports.clock, options.again);
    const folder = jobFolder(study, job.id);
    if (job.state !== 'prepared')
      yield {
        type: 'warning',
        message: `Going on with job ${job.id}, which ${hasEnded(job.state) ? `is ${job.state}` : 'was cut off'}.`,
      };
    yield* followed(study, job, await startTrainer(ports.trainer, folder), ports.clock, options);
    const last = await lastMetrics(folder);
    yield {
      type: 'done',
      summary: {
        stage: 'train',
        job: job.id,
        folder,
        export: exported.folder,
        pairs: exported.rows,
        steps: last?.step ?? 0,
        loss: last?.loss ?? null,
        margin: last?.margin ?? null,
        adapter: trainerFiles(folder).adapter,
      },
    };
  } finally {
    await unlock();
  }
}

/** Exports the pairs as the trainer reads them; an export of the same content is left as it is. */
export async function* exportForTraining(
  study: Study,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<StageProgress | StageWarning, ExportSummary, undefined> {
  const format = study.config.training.method === 'sft' ? 'sft' : 'trl';
  for await (const event of exportPairs(study, { clock }, { format, out: 'training', signal })) {
    if (event.type === 'done') return event.summary;
    if (event.type === 'warning') yield event;
  }
  throw new Error('The export ended without a summary.');
}

async function localRecipe(study: Study, embeddedFolder: string | undefined): Promise<string> {
  const recipe = recipeOf(study, { pairs: 'pairs.jsonl', manifest: 'manifest.json' });
  const embedded = await embeddedModelFile(study, embeddedFolder);
  const checked = checkRecipe(embedded === undefined ? recipe : embeddedRecipe(recipe, embedded));
  return `${JSON.stringify(checked, null, 2)}\n`;
}

/** The job with these pairs and this recipe, to go on with; or a new one, with its folder made ready. */
async function jobFor(
  study: Study,
  input: {
    exported: ExportSummary;
    recipe: string;
    made: Pick<TrainingJob, 'study_sha256' | 'trainer_version'>;
  },
  clock: Clock,
  again: boolean,
): Promise<TrainingJob> {
  const { exported, recipe, made } = input;
  const pairs = sha256(await readFile(exported.file));
  const manifest = join(exported.folder, 'manifest.json');
  const wanted = sha256(recipe);
  const { jobs } = await listJobs(study);
  const same = jobs
    .filter(isTraining)
    .findLast(
      (job) =>
        job.place.kind === 'local' &&
        job.recipe_sha256 === wanted &&
        job.export.pairs_sha256 === pairs,
    );
  if (same && !again) {
    if (same.state !== 'done') return same;
    throw new SealongError(
      'job_exists',
      `Job ${same.id} has the same pairs and recipe and is done: ${trainerFiles(jobFolder(study, same.id)).adapter}. Train once more with --again.`,
    );
  }
  const now = clock.now();
  const job: TrainingJob = {
    v: 1,
    kind: 'train',
    id: newJobId(now, study.config.training.method),
    created_at: now.toISOString(),
    place: { kind: 'local' },
    export: {
      name: 'training',
      manifest_sha256: sha256(await readFile(manifest)),
      pairs_sha256: pairs,
    },
    recipe_sha256: wanted,
    ...made,
    state: 'prepared',
    attempt: 1,
    history: [{ at: now.toISOString(), state: 'prepared' }],
  };
  const folder = jobFolder(study, job.id);
  await keepData({ pairs: exported.file, manifest }, folder);
  await writeAtomic(trainerFiles(folder).recipe, recipe);
  await writeJob(study, job);
  return job;
}

async function* followed(
  study: Study,
  job: TrainingJob,
  trainer: RunningTrainer,
  clock: Clock,
  { signal }: { signal: AbortSignal },
): AsyncGenerator<StageProgress | StageWarning, void, undefined> {
  const folder = jobFolder(study, job.id);
  let exit: number | undefined;
  const ended = trainer.ended.then((status) => (exit = status));
  // Awaited in the loop; a failure before that is not unhandled.
  ended.catch(() => undefined);
  const stop = () => {
    trainer.stop();
  };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  let current = withState(job, { state: 'running' }, clock.now());
  await writeJob(study, current);
  try {
    let shown = -1;
    let said: string | undefined;
    while (exit === undefined) {
      await Promise.race([ended, wait(LOOK_EVERY_MS)]);
      const { state, problem } = await readTrainerState(folder);
      if (problem !== undefined && problem !== said) yield { type: 'warning', message: problem };
      said = problem;
      if (!state?.of || state.step === shown) continue;
      shown = state.step;
      yield { type: 'progress', done: state.step, total: state.of, unit: 'steps' };
    }
  } finally {
    signal.removeEventListener('abort', stop);
    // Also where whoever follows us went away: nobody else will stop it.
    if (exit === undefined) {
      trainer.stop();
      exit = await ended;
    }
    const stopped = exit === STOPPED_STATUS || signal.aborted;
    const seen = exit === 0 ? 'done' : stopped ? 'stopped' : 'failed';
    current = {
      ...withState(current, { state: seen, exit_code: exit }, clock.now()),
      ...(await leftBy(folder)),
    };
    await writeJob(study, current);
  }
  signal.throwIfAborted();
  if (exit === 0) return;
  if (exit === STOPPED_STATUS)
    throw new SealongError(
      'stopped',
      `Training was stopped by a signal; its checkpoint is in ${folder}. The same command goes on from it.`,
    );
  const error = (await readTrainerState(folder)).state?.error;
  throw new SealongError(
    'training_failed',
    `The trainer ended with status ${exit}${error ? `: ${error}` : ''}. The end of ${trainerFiles(folder).log}:\n${await endOfLog(folder)}`,
  );
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
