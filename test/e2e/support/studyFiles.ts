import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import {
  decisionSchema,
  trajectorySchema,
  type DecisionRecord,
  type TrajectoryRecord,
} from '../../../src/records/schemas.ts';
import { studyPaths } from '../../../src/study/study.ts';
import { ROOT } from './requirements.ts';

/** Some of the demo's questions as a file that can be imported. */
export async function writeDemoQuestions(file: string, ids: readonly string[]): Promise<void> {
  const all = await readFile(join(ROOT, 'demo/questions.jsonl'), 'utf8');
  const lines = all.split('\n').filter((line) => ids.some((id) => line.includes(`"id": "${id}"`)));
  if (lines.length !== ids.length) throw new Error(`The demo lacks some of ${ids.join(', ')}.`);
  await writeFile(file, `${lines.join('\n')}\n`);
}

export async function trajectoriesOf(dir: string): Promise<TrajectoryRecord[]> {
  const { records, problems } = await readAllRecords(
    studyPaths(dir).trajectories,
    trajectorySchema,
  );
  if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('\n'));
  return records.map(({ value }) => value);
}

/** The decisions of all reviewers; every file is read as a whole, so that a stray one is seen as well. */
export async function decisionsOf(dir: string): Promise<DecisionRecord[]> {
  const folder = studyPaths(dir).decisions;
  const files = await readdir(folder).catch(() => []);
  const lists = await Promise.all(
    files.map((file) => readAllRecords(join(folder, file), decisionSchema)),
  );
  return lists.flatMap(({ records }) => records.map(({ value }) => value));
}

/** Changes values of sealong.json as a user would in an editor of their own. */
export async function editConfig(
  dir: string,
  section: string,
  values: Record<string, unknown>,
): Promise<void> {
  const { config } = studyPaths(dir);
  const before: unknown = JSON.parse(await readFile(config, 'utf8'));
  if (!isRecord(before)) throw new Error(`${config} holds no object.`);
  const changed = before[section];
  await writeFile(
    config,
    JSON.stringify({ ...before, [section]: { ...(isRecord(changed) ? changed : {}), ...values } }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
