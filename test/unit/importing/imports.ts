import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../../../src/clock.ts';
import {
  importDataset,
  type ImportSource,
  type ImportSummary,
} from '../../../src/importing/importDataset.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { questionSchema, trajectorySchema } from '../../../src/records/schemas.ts';
import { runStage } from '../../../src/stage.ts';
import type { Study } from '../../../src/study/study.ts';
import { studyWith } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';
import { words } from '../synthesis/runs.ts';

export const fixture = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/importing/${name}`, import.meta.url));

export async function runImport(
  study: Study,
  source: ImportSource,
  options: { strict?: boolean; replace?: boolean; signal?: AbortSignal } = {},
): Promise<{ summary: ImportSummary; warnings: string[] }> {
  const warnings: string[] = [];
  const { signal = new AbortController().signal, ...rest } = options;
  const stage = importDataset(
    study,
    source,
    { counter: words, clock: systemClock },
    { ...rest, signal },
  );
  const summary = await runStage(stage, (event) => {
    if (event.type === 'warning') warnings.push(event.message);
  });
  return { summary, warnings };
}

/** A study without questions, and how to write a source beside it. */
export function withStudy(
  use: (study: Study, source: (rows: readonly unknown[]) => Promise<string>) => Promise<void>,
): Promise<void> {
  return withFolder(async (folder) => {
    const study = await studyWith(join(folder, 'study'), []);
    let files = 0;
    await use(study, async (rows) => {
      const path = join(folder, `source-${String(++files)}.jsonl`);
      await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      return path;
    });
  });
}

export async function recordsOf(study: Study) {
  const questions = await readAllRecords(study.paths.questions, questionSchema);
  const trajectories = await readAllRecords(study.paths.trajectories, trajectorySchema);
  return {
    questions: questions.records.map(({ value }) => value),
    trajectories: trajectories.records.map(({ value }) => value),
  };
}
