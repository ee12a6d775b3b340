import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockStage } from '../../../src/study/lock.ts';
import { forgetRun, keepRun, unfinishedRun } from '../../../src/study/runRecord.ts';
import { studyWith } from '../../support/study.ts';
import { withFolder } from '../../support/temporary.ts';

const record = {
  endpoint: { name: 'lab', base_url: 'http://lab:8000/v1' },
  ...{ sampling: 'hash', settings: [{ path: ['sampling', 'n'], value: 32 }] },
  ...{ started_at: '2026-01-01T00:00:00.000Z', offered: false },
};

test('a run is unfinished from its start until it is forgotten', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['q']);
    assert.equal(await unfinishedRun(study), undefined);
    await keepRun(study, record);
    assert.deepEqual(await unfinishedRun(study), { record, running: false });
    await keepRun(study, { ...record, stopped: 'the server went away', offered: true });
    assert.equal((await unfinishedRun(study))?.record.stopped, 'the server went away');
    await forgetRun(study);
    await forgetRun(study);
    assert.equal(await unfinishedRun(study), undefined);
  });
});

test('a run whose lock is held goes on; one whose process is gone does not', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['q']);
    await keepRun(study, record);
    const unlock = await lockStage(study, 'sample');
    assert.equal((await unfinishedRun(study))?.running, true);
    const lock = join(study.paths.local, 'sample.lock');
    const held = await readFile(lock, 'utf8');
    await unlock();
    await writeFile(lock, held.replace(/"pid":\d+/, '"pid":999999999'));
    assert.equal((await unfinishedRun(study))?.running, false);
  });
});

test('a record that is damaged is none, and does not reach git', async () => {
  await withFolder(async (folder) => {
    const study = await studyWith(folder, ['q']);
    await keepRun(study, record);
    assert.equal(await readFile(join(study.paths.local, '.gitignore'), 'utf8'), '*\n');
    await writeFile(join(study.paths.local, 'sample.run.json'), '{"endpoint": ');
    assert.equal(await unfinishedRun(study), undefined);
  });
});
