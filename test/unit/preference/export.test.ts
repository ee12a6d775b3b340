import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { z } from 'zod';
import { systemClock } from '../../../src/clock.ts';
import { SealongError } from '../../../src/errors.ts';
import { report } from '../../../src/evaluation/report.ts';
import { exportPairs } from '../../../src/preference/export.ts';
import { pairs } from '../../../src/preference/pairs.ts';
import { AppendLog } from '../../../src/records/appendLog.ts';
import { runStage } from '../../../src/stage.ts';
import type { Study } from '../../../src/study/study.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const signal = new AbortController().signal;

/** Questions a (four texts), b (all equal) and c (not scored). */
async function scoredStudy(folder: string): Promise<Study> {
  const study = await studyWith(folder, ['a', 'b', 'c']);
  const texts = {
    a: ['It is Wye.', 'Wye!', 'Morven', 'No idea.'],
    b: ['x', 'x', 'x', 'x'],
    c: ['y'],
  };
  await writeRecords(
    study.paths.trajectories,
    Object.entries(texts).flatMap(([id, list]) =>
      list.map((text, index) =>
        trajectoryRecord(id, index, text, { completion_tokens: index + 1 }),
      ),
    ),
  );
  const log = await AppendLog.open(study.paths.scoreFile('mbr_embedding'));
  for (const question_id of ['a', 'b'])
    await log.append({
      question_id,
      scorer: 'mbr_embedding',
      config: 'by hand',
      sampling: 'hand',
      indices: [0, 1, 2, 3],
      scores: [0.9, 0.8, 0.4, 0.3],
    });
  await log.close();
  return study;
}

const decision = {
  question_id: 'a',
  sampling: 'hand',
  kind: 'override',
  reviewer: 'ann',
  at: '2026-01-02',
};

const messages = z.array(z.object({ role: z.string(), content: z.string() }));
const trlRow = z.object({ prompt: messages, chosen: messages, rejected: messages });
const manifestSchema = z.object({
  counts: z.unknown(),
  policy: z.object({ seed: z.number() }),
  files: z.array(z.object({ bytes: z.number(), sha256: z.string() })),
});

function run(study: Study, format: string, out?: string) {
  return runStage(exportPairs(study, { clock: systemClock }, { format, out, signal }));
}

test('a TRL export holds the pairs, with a manifest that says what is in it and why', async () => {
  await withFolder(async (folder) => {
    const study = await scoredStudy(folder);
    const summary = await run(study, 'trl', 'first');
    assert.deepEqual([summary.rows, summary.left_out], [1, { equal_texts: 1, not_scored: 1 }]);
    const text = await readFile(summary.file, 'utf8');
    const row = trlRow.parse(JSON.parse(text));
    assert.match(
      row.prompt[0]?.content ?? '',
      /^Passage 1:\na\na is a thing\.\n\nWhat is a\?\nLet's first/,
    );
    assert.deepEqual(row.chosen, [{ role: 'assistant', content: 'It is Wye.' }]);
    assert.ok(['Morven', 'No idea.'].includes(row.rejected[0]?.content ?? ''));
    const manifest = manifestSchema.parse(
      JSON.parse(await readFile(join(summary.folder, 'manifest.json'), 'utf8')),
    );
    assert.deepEqual(manifest.counts, {
      questions: 3,
      pairs: 1,
      overridden: 0,
      left_out: summary.left_out,
    });
    assert.equal(manifest.files[0]?.bytes, Buffer.byteLength(text));
    assert.equal(manifest.policy.seed, 42);
    assert.match(manifest.files[0].sha256, /^[0-9a-f]{64}$/);
    assert.deepEqual(await readdir(study.paths.exports), ['first']);
  });
});

test('an export that differs takes the name, and the earlier one is kept', async () => {
  await withFolder(async (folder) => {
    const study = await scoredStudy(folder);
    await run(study, 'sft', 'mine');
    assert.equal((await run(study, 'sft', 'mine')).kept, null, 'nothing changed');
    const log = await AppendLog.open(study.paths.decisionFile('ann'));
    await log.append({ ...decision, id: '1', chosen: 1 });
    await log.close();
    const summary = await run(study, 'sft', 'mine');
    assert.equal(summary.overridden, 1);
    assert.equal(summary.kept, join(study.paths.exports, 'mine.1'));
    assert.match(await readFile(summary.file, 'utf8'), /"content":"Wye!"/);
    assert.match(
      await readFile(join(study.paths.exports, 'mine.1', 'sft.jsonl'), 'utf8'),
      /It is Wye/,
    );
  });
});

test('names that lead out of the folder and unknown formats are refused', async () => {
  await withFolder(async (folder) => {
    const study = await scoredStudy(folder);
    for (const out of ['../x', '', '.hidden', 'a/b'])
      await assert.rejects(
        run(study, 'trl', out),
        (e: unknown) => e instanceof SealongError && e.code === 'usage',
      );
    await assert.rejects(
      run(study, 'nope'),
      (e: unknown) => e instanceof SealongError && e.message.includes('trl, sft'),
    );
  });
});

test('a study without pairs gives an error that says why, and no folder', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['a']);
    await assert.rejects(
      run(study, 'trl'),
      (e: unknown) => e instanceof SealongError && e.message.includes('1 not sampled'),
    );
    await assert.rejects(readdir(study.paths.exports));
  });
});

test('the pairs are printed with who decided', async () => {
  await withFolder(async (folder) => {
    const study = await scoredStudy(folder);
    const log = await AppendLog.open(study.paths.decisionFile('ann'));
    await log.append({ ...decision, id: '1', rejected: 1 });
    await log.close();
    const summary = await runStage(pairs(study, { signal }));
    assert.deepEqual(summary.pairs, [
      {
        question_id: 'a',
        chosen: 0,
        rejected: 1,
        chosen_score: 0.9,
        rejected_score: 0.8,
        margin: 0.9 - 0.8,
        chosen_by: 'policy',
        rejected_by: 'ann',
      },
    ]);
  });
});

test('the report gives SubEM of random, MBR, chosen, rejected and oracle where answers exist', async () => {
  await withFolder(async (folder) => {
    const study = await scoredStudy(folder);
    assert.equal((await runStage(report(study, { signal }))).sub_em, null);
    await writeRecords(join(folder, 'answers.jsonl'), [
      { question_id: 'a', answers: ['Thomas Wye', 'Wye'] },
      { question_id: 'c', answers: ['z'] },
    ]);
    const summary = await runStage(report(study, { signal }));
    assert.deepEqual(summary.sub_em, {
      questions: 2,
      random: 25,
      mbr: 100,
      chosen: 100,
      rejected: 0,
      oracle: 50,
      n: 32,
    });
    assert.deepEqual(summary.counts, {
      questions: 3,
      expected: 96,
      trajectories: 9,
      failed: 0,
      truncated: 0,
      scored_questions: 2,
      scored_in_part: 0,
      pairs: 1,
      overridden: 0,
      left_out: { equal_texts: 1, not_scored: 1 },
    });
    assert.equal(summary.lengths.chosen_tokens, 1);
  });
});
