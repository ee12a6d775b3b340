import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { systemClock } from '../../../src/clock.ts';
import { exportPairs } from '../../../src/preference/export.ts';
import type { Subset } from '../../../src/preference/subset.ts';
import { AppendLog } from '../../../src/records/appendLog.ts';
import { appendMatrix } from '../../../src/scoring/matrixFile.ts';
import { runStage } from '../../../src/stage.ts';
import type { Study } from '../../../src/study/study.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const { signal } = new AbortController();
const rowSchema = z.object({
  question_id: z.string(),
  chosen: z.array(z.object({ content: z.string() })),
  chosen_score: z.number(),
});

/**
 * Questions with four samples each. Among all four, sample 3 agrees best with the others; among the first two, sample 1 does, whose
 * utility is not symmetric.
 */
async function scoredStudy(folder: string, questions: number): Promise<Study> {
  const ids = Array.from({ length: questions }, (_, at) => `q${at}`);
  const study = await studyWith(folder, ids, ['sampling.n=4']);
  await writeRecords(
    study.paths.trajectories,
    ids.flatMap((id) =>
      [0, 1, 2, 3].map((index) => trajectoryRecord(id, index, `${id} says ${index}`)),
    ),
  );
  const matrix = Float32Array.from([
    ...[1, 0.25, 0.25, 0.25],
    ...[0.5, 1, 0, 0.25],
    ...[0.25, 0, 1, 0.5],
    ...[0.75, 0.75, 0.75, 1],
  ]);
  const log = await AppendLog.open(study.paths.scoreFile('mbr_embedding'));
  for (const question_id of ids)
    await log.append({
      ...{ question_id, scorer: 'mbr_embedding', config: 'by hand', sampling: 'hand' },
      ...{ indices: [0, 1, 2, 3], scores: [0.4375, 0.4375, 0.4375, 0.8125] },
      matrix: await appendMatrix(study.paths.matrixFile('mbr_embedding'), matrix),
    });
  await log.close();
  return study;
}

async function exported(study: Study, subset: Subset, format = 'trl') {
  const options = { format, out: 'part', subset, signal };
  const { folder, file } = await runStage(exportPairs(study, { clock: systemClock }, options));
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8'));
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return { rows: lines.map((line) => JSON.parse(line) as unknown), manifest };
}

const idsOf = (rows: readonly unknown[]) =>
  rows.map((row) => z.object({ question_id: z.string() }).parse(row).question_id);

test('fewer examples are a part of more, the same for every method, and another part for another seed', async () => {
  await withFolder(async (folder) => {
    const study = await scoredStudy(folder, 40);
    const of = async (examples: number, seed = 42, format = 'trl') =>
      idsOf((await exported(study, { examples, seed }, format)).rows);
    const [small, large] = [await of(8), await of(24)];
    assert.deepEqual([small.length, large.length], [8, 24]);
    assert.ok(small.every((id) => large.includes(id)));
    assert.deepEqual(await of(8, 42, 'sft'), small);
    assert.notDeepEqual(await of(8, 7), small);
    const { manifest } = await exported(study, { examples: 8, seed: 42 });
    const { subset } = z.object({ subset: z.record(z.string(), z.unknown()) }).parse(manifest);
    assert.deepEqual([subset['examples'], subset['seed']], [8, 42]);
    await assert.rejects(of(41), /41 examples are asked for, and 40 questions give a pair/);
  });
});

test('with n samples, scores are made anew among the first n', async () => {
  await withFolder(async (folder) => {
    const study = await scoredStudy(folder, 2);
    const chosen = async (n: number) => {
      const [row] = (await exported(study, { n, seed: 42 })).rows;
      const { chosen: messages, chosen_score: score } = rowSchema.parse(row);
      return [messages[0]?.content, score];
    };
    assert.deepEqual(await chosen(2), ['q0 says 1', 0.75]);
    assert.deepEqual(await chosen(4), ['q0 says 3', 0.8125]);
    await assert.rejects(chosen(8), /Question q0 has 4 of the first 8 samples\. Sample more/);
  });
});
