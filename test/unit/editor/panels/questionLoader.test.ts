import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { test } from 'node:test';
import { QuestionLoader } from '../../../../src/editor/panels/questionLoader.ts';
import { Queues } from '../../../../src/editor/queue/queues.ts';
import { StudyReader } from '../../../../src/editor/store/readStudy.ts';
import { TimeSlices } from '../../../../src/editor/store/timeSlices.ts';
import { encodeRecord } from '../../../../src/records/jsonl.ts';
import { viewSchema } from '../../../../src/review/view.ts';
import { studyWith, trajectoryRecord } from '../../../support/study.ts';
import { withFolder } from '../../../support/temporary.ts';
import { Memory } from '../memory.ts';
import { follow } from '../store/followed.ts';

test('a question is put together once for as long as nothing of it has changed', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a', 'b']);
    const append = async (id: string, index: number) =>
      appendFile(paths.trajectories, encodeRecord(trajectoryRecord(id, index, 'Ada')));
    await append('a', 0);
    const { study } = follow(folder);
    await study.refresh();
    const queues = new Queues({
      slices: new TimeSlices(),
      reviewer: () => 'ada',
      memory: new Memory(),
    });
    let reviewer = 'ada';
    const loader = new QuestionLoader({
      store: { read: new StudyReader(() => study.refresh()) },
      queue: (of) => queues.of(of),
      reviewer: () => reviewer,
      readOnly: () => null,
    });
    const load = () => loader.load(study, 'a');

    const first = await load();
    assert.equal(await load(), first);
    await append('b', 0);
    await study.refresh();
    const afterOther = await load();
    await append('a', 1);
    await study.refresh();
    const afterOwn = await load();
    assert.equal(afterOwn.trajectories.length, 2);
    assert.notEqual(afterOwn, afterOther);

    await queues.use(folder, {
      view: viewSchema.parse({ sort: [{ by: 'id', descending: true }] }),
    });
    const moved = await load();
    assert.deepEqual([afterOwn.position.at, moved.position.at], [1, 2]);
    reviewer = 'bo';
    assert.equal((await load()).reviewer, 'bo');
  });
});
