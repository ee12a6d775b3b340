import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StudyReader } from '../../../../src/editor/store/readStudy.ts';
import {
  questionRecord,
  studyWith,
  trajectoryRecord,
  writeRecords,
} from '../../../support/study.ts';
import { withFolder } from '../../../support/temporary.ts';
import { follow } from './followed.ts';

test('records are read by offset, and looked up again after the file was rewritten', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b']);
    await writeRecords(paths.trajectories, [
      trajectoryRecord('a', 0, 'first'),
      trajectoryRecord('b', 0, 'other'),
    ]);
    const { study } = follow(folder);
    await study.refresh();
    let refreshes = 0;
    const reader = new StudyReader(() => {
      refreshes += 1;
      return study.refresh();
    });
    const entry = study.state('b').trajectories[0];
    assert.ok(entry);
    assert.equal((await reader.question(study, 'b')).question, 'What is b?');
    assert.equal((await reader.trajectory(study, entry)).text, 'other');
    assert.equal(refreshes, 0);

    // Of the same length, in the other order: what stands at the old offset is a whole record of another question.
    await writeRecords(paths.trajectories, [
      trajectoryRecord('b', 0, 'other'),
      trajectoryRecord('a', 0, 'first'),
    ]);
    assert.equal((await reader.trajectory(study, entry)).text, 'other');
    assert.equal(refreshes, 1);
    await writeRecords(paths.questions, [questionRecord('new question'), questionRecord('a')]);
    assert.equal((await reader.question(study, 'a')).id, 'a');
    await assert.rejects(reader.question(study, 'b'), { code: 'no_question' });
  });
});
