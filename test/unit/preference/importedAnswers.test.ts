import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { exportPairs } from '../../../src/preference/export.ts';
import { pairs } from '../../../src/preference/pairs.ts';
import { AppendLog } from '../../../src/records/appendLog.ts';
import type { QuestionRecord } from '../../../src/records/schemas.ts';
import { runStage } from '../../../src/stage.ts';
import type { Study } from '../../../src/study/study.ts';
import { questionRecord, studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const { signal } = new AbortController();

/** A question of another dataset whose prompt has two turns before the last. */
function importedQuestion(id: string): QuestionRecord {
  return {
    ...questionRecord(id, 'And the 🏝?'),
    context: 'Who?\n\nThe 🏝 of Ondrey.\n\nAnd the 🏝?',
    documents: [],
    turns: [
      { role: 'user', start: 0, end: 4 },
      { role: 'assistant', start: 6, end: 22 },
      { role: 'user', start: 24, end: 34 },
    ],
  };
}

async function studyOf(folder: string, answers: { a: string[]; b: string[] }): Promise<Study> {
  const study = await studyWith(folder, []);
  await writeRecords(study.paths.questions, ['a', 'b'].map(importedQuestion));
  await writeRecords(
    study.paths.trajectories,
    Object.entries(answers).flatMap(([id, texts]) =>
      texts.map((text, index) =>
        trajectoryRecord(id, index, text, {
          finish_reason: 'imported',
          imported: index === 0 ? { as: 'chosen', score: 8.5 } : { as: 'rejected', score: 4 },
        }),
      ),
    ),
  );
  return study;
}

function run(study: Study, format: string) {
  return runStage(exportPairs(study, { clock: systemClock }, { format, out: format, signal }));
}

test('the dataset says which of its answers is chosen, without a scorer, and a reviewer can swap them', () =>
  withFolder(async (folder) => {
    const study = await studyOf(folder, { a: ['Better.', 'Worse.'], b: ['Only.', 'Other.'] });
    const log = await AppendLog.open(study.paths.decisionFile('ann'));
    await log.append({
      id: '1',
      question_id: 'b',
      sampling: 'hand',
      kind: 'override',
      chosen: 1,
      rejected: 0,
      reviewer: 'ann',
      at: '2026-01-02',
    });
    await log.close();
    const summary = await runStage(pairs(study, { signal }));
    assert.equal(summary.scorer, null, 'none took part');
    assert.deepEqual(
      summary.pairs.map(({ question_id, chosen, rejected, margin, chosen_by }) => [
        question_id,
        chosen,
        rejected,
        margin,
        chosen_by,
      ]),
      [
        ['a', 0, 1, 4.5, 'dataset'],
        ['b', 1, 0, -4.5, 'ann'],
      ],
    );
  }));

test('an export holds the messages as they came, whatever the strategy of the study', () =>
  withFolder(async (folder) => {
    const study = await studyOf(folder, { a: ['Better.', 'Worse.'], b: ['Same.', 'Same.'] });
    const summary = await run(study, 'trl');
    assert.deepEqual([summary.rows, summary.left_out], [1, { equal_texts: 1 }]);
    const row: unknown = JSON.parse(await readFile(summary.file, 'utf8'));
    assert.deepEqual(row, {
      prompt: [
        { role: 'user', content: 'Who?' },
        { role: 'assistant', content: 'The 🏝 of Ondrey.' },
        { role: 'user', content: 'And the 🏝?' },
      ],
      chosen: [{ role: 'assistant', content: 'Better.' }],
      rejected: [{ role: 'assistant', content: 'Worse.' }],
      question_id: 'a',
      chosen_score: 8.5,
      rejected_score: 4,
    });
    const manifest: unknown = JSON.parse(
      await readFile(join(summary.folder, 'manifest.json'), 'utf8'),
    );
    assert.ok(typeof manifest === 'object' && manifest !== null && 'scorer' in manifest);
    assert.equal(manifest.scorer, null);
  }));

test('a dataset of single answers exports as SFT, and a preference export says why it has none', () =>
  withFolder(async (folder) => {
    const study = await studyOf(folder, { a: ['One.'], b: ['Two.'] });
    const summary = await run(study, 'sft');
    assert.deepEqual([summary.rows, summary.left_out], [2, {}]);
    const [first = ''] = (await readFile(summary.file, 'utf8')).split('\n');
    assert.match(
      first,
      /"role":"user","content":"And the 🏝\?"\},\{"role":"assistant","content":"One\."/,
    );
    await assert.rejects(run(study, 'trl'), /2 one answer\).*as sft, not as preference pairs/);
  }));
