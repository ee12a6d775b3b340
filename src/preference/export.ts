import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { SealongError, fileError } from '../errors.ts';
import { readRecordAt } from '../records/jsonl.ts';
import { questionSchema, trajectorySchema } from '../records/schemas.ts';
import { writeAtomic } from '../records/writeAtomic.ts';
import { samplingOf } from '../sampling/parameters.ts';
import { promptMessages, type Strategy } from '../sampling/strategy.ts';
import type { Stage } from '../stage.ts';
import { canonicalJson } from '../study/canonicalHash.ts';
import { lockStage } from '../study/lock.ts';
import { exists, type Study } from '../study/study.ts';
import { SEALONG_VERSION } from '../version.ts';
import { describeFile, writeRows } from './exportFile.ts';
import { manifestContent, type DataFile } from './exportManifest.ts';
import { exportReadme } from './exportReadme.ts';
import type { DataFiles, ExportFormat } from './formats/exportFormat.ts';
import { exportFormat } from './formats/formats.ts';
import { pairedStates, pairRows } from './pairs.ts';
import { validationQuestions } from './split.ts';
import type { QuestionState } from './studyPairs.ts';
import { subsetOf, withFirstSamples, type Subset } from './subset.ts';
import { viewStudy, type StudyView } from './studyView.ts';

export interface ExportSummary {
  stage: 'export';
  folder: string;
  /** The data for training. */
  file: string;
  /** Where a part of the questions is set apart. */
  validation_file: string | null;
  format: string;
  rows: number;
  validation_rows: number;
  overridden: number;
  left_out: Record<string, number>;
  /** Where an earlier export of that name, which differed, was moved to. */
  kept: string | null;
}

/**
 * Writes the pairs for a trainer, with a manifest that says what is in the file and why. The folder appears as a whole;
 * an earlier one of the same name that differs is kept under a numbered name.
 *
 * @throws SealongError `usage` (format, name), `no_pairs`, `busy`, `disk_full`, `read_only`.
 */
export async function* exportPairs(
  study: Study,
  ports: { clock: Clock },
  options: {
    format: string;
    out?: string | undefined;
    validation?: number | undefined;
    /** Only a part of the pairs. */
    subset?: Subset | undefined;
    signal: AbortSignal;
  },
): Stage<ExportSummary> {
  const format = exportFormat(options.format);
  const name = options.out ?? format.name;
  if (!/^[A-Za-z0-9_][\w.-]{0,99}$/.test(name))
    throw new SealongError(
      'usage',
      `"${name}" cannot name an export: use letters, digits, ".", "_" and "-".`,
    );
  const unlock = await lockStage(study, 'export');
  const target = join(study.paths.exports, name);
  const temporary = join(study.paths.exports, `.${name}.${process.pid}.tmp`);
  try {
    const { subset } = options;
    const whole = await viewStudy(study, options.signal);
    const view = subset?.n === undefined ? whole : await withFirstSamples(study, whole, subset.n);
    for (const message of view.warnings) yield { type: 'warning', message };
    const { states: paired, ...counts } = pairedStates(view, format.takes);
    const states = subset ? subsetOf(paired, subset) : paired;
    if (states.length === 0)
      throw new SealongError(
        'no_pairs',
        `No question of ${study.dir} gives a pair (${leftOutText(counts.left_out)}). ${remedy(counts.left_out)}`,
      );
    const { parameters } = await samplingOf(study);
    const share = options.validation ?? 0;
    const { seed } = study.config.pairs;
    const apart = validationQuestions(
      states.flatMap(({ questionId }) => view.index.questions.get(questionId) ?? []),
      { share, seed },
    );
    const names: DataFiles = {
      train: format.file,
      validation: apart.size === 0 ? undefined : format.file.replace('.', '.validation.'),
    };
    const files: DataFile[] = [];
    for (const split of ['train', 'validation'] as const) {
      const file = names[split];
      if (file === undefined) continue;
      yield { type: 'progress', done: 0, total: states.length, unit: 'questions' };
      const chosen = states.filter(
        ({ questionId }) => apart.has(questionId) === (split === 'validation'),
      );
      const path = join(temporary, file);
      const rows = await writeRows(
        path,
        rowsOf(study, view, chosen, parameters.strategy, format, options.signal),
      );
      const questions = chosen.length;
      files.push({ name: file, split, questions, rows, ...(await describeFile(path)) });
    }
    const manifest = {
      schema: 1,
      created_at: ports.clock.now().toISOString(),
      sealong: SEALONG_VERSION,
      ...(await manifestContent({
        ...{ study, view, format, counts, states, files, subset },
        split: apart.size === 0 ? null : { share, seed },
      })),
    };
    const texts = {
      ...format.companions?.(names),
      'README.md': exportReadme(study.name, format, names),
      'manifest.json': `${JSON.stringify(manifest, null, 2)}\n`,
    };
    for (const [file, text] of Object.entries(texts))
      await writeAtomic(join(temporary, file), text);
    const kept = await putInPlace(temporary, target);
    yield { type: 'progress', done: states.length, total: states.length, unit: 'questions' };
    yield {
      type: 'done',
      summary: {
        stage: 'export',
        folder: target,
        file: join(target, names.train),
        validation_file: names.validation === undefined ? null : join(target, names.validation),
        format: format.name,
        rows: files.reduce((sum, { rows }) => sum + rows, 0),
        validation_rows: files.find(({ split }) => split === 'validation')?.rows ?? 0,
        overridden: counts.overridden,
        left_out: counts.left_out,
        kept,
      },
    };
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await unlock();
  }
}

async function* rowsOf(
  study: Study,
  view: StudyView,
  states: readonly QuestionState[],
  strategy: Strategy,
  format: ExportFormat,
  signal: AbortSignal,
): AsyncGenerator<object, void, undefined> {
  for (const state of states) {
    signal.throwIfAborted();
    const { questionId: question_id, pair } = state;
    const entry = view.index.questions.get(question_id);
    if (!pair.chosen || !entry) continue;
    const question = await readRecordAt(study.paths.questions, entry, questionSchema);
    const textOf = async (index: number): Promise<string> => {
      const trajectory = state.trajectories.find((candidate) => candidate.index === index);
      if (!trajectory) throw new Error(`Trajectory ${index} of a pair is not in the index.`);
      return (await readRecordAt(study.paths.trajectories, trajectory, trajectorySchema)).text;
    };
    const answer = {
      question_id,
      prompt: promptMessages(strategy, question),
      chosen_text: await textOf(pair.chosen.index),
    };
    if (format.takes === 'answers') {
      yield format.row(answer);
      continue;
    }
    for (const row of pairRows(state))
      yield format.row({ ...row, ...answer, rejected_text: await textOf(row.rejected) });
  }
}

/** Moves the new folder to its name; says where a different earlier one went. */
async function putInPlace(temporary: string, target: string): Promise<string | null> {
  try {
    let kept: string | null = null;
    if (await exists(target)) {
      if (await sameContent(temporary, target)) return null;
      for (let number = 1; kept === null || (await exists(kept)); number++)
        kept = `${target}.${number}`;
      await rename(target, kept);
    }
    await rename(temporary, target);
    return kept;
  } catch (error) {
    throw fileError('write', target, error);
  }
}

async function sameContent(a: string, b: string): Promise<boolean> {
  const contentIn = async (folder: string): Promise<string> => {
    const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
    return canonicalJson(
      typeof manifest === 'object' ? { ...manifest, created_at: null, sealong: null } : manifest,
    );
  };
  const there = await contentIn(b).catch(() => undefined);
  return there !== undefined && there === (await contentIn(a));
}

function remedy(leftOut: Record<string, number>): string {
  return 'one_answer' in leftOut
    ? 'A dataset of single answers can be exported as sft, not as preference pairs.'
    : 'Sample and score first.';
}

function leftOutText(leftOut: Record<string, number>): string {
  const parts = Object.entries(leftOut).map(([reason, n]) => `${n} ${reason.replaceAll('_', ' ')}`);
  return parts.length > 0 ? parts.join(', ') : 'it has no questions';
}
