import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { comparePolicies } from '../../../src/evaluation/comparePolicies.ts';
import { AppendLog } from '../../../src/records/appendLog.ts';
import { runStage } from '../../../src/stage.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const signal = new AbortController().signal;

test('another policy is set beside the present one, with SubEM where gold answers exist', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['a']);
    const texts = ['The answer is Wye.', 'The answer is Morven.', 'The answer is Wye, surely.'];
    await writeRecords(
      study.paths.trajectories,
      texts.map((text, index) =>
        trajectoryRecord('a', index, text, { completion_tokens: 10 - index }),
      ),
    );
    const log = await AppendLog.open(study.paths.scoreFile('mbr_embedding'));
    await log.append({
      ...{ question_id: 'a', scorer: 'mbr_embedding', config: 'by hand', sampling: 'hand' },
      ...{ indices: [0, 1, 2], scores: [0.9, 0.5, 0.4] },
    });
    await log.close();
    const after = { rejected: 'other_cluster', seed: 42 } as const;
    const without = await runStage(comparePolicies(study, after, { signal }));
    assert.equal(without.sub_em, null);
    await writeRecords(join(folder, 'answers.jsonl'), [{ question_id: 'a', answers: ['Wye'] }]);
    const summary = await runStage(comparePolicies(study, after, { signal }));
    assert.deepEqual(summary.changes, [
      {
        question_id: 'a',
        before: { chosen: 0, rejected: 2 },
        after: { chosen: 0, rejected: 1 },
      },
    ]);
    assert.deepEqual([summary.changed, summary.flipped], [1, 1]);
    assert.deepEqual(summary.sub_em, {
      before: { pairs: 1, chosen: 100, rejected: 100 },
      after: { pairs: 1, chosen: 100, rejected: 0 },
    });
    assert.deepEqual(summary.policy.after, after);
  });
});
