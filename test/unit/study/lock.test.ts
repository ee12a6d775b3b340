import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SealongError } from '../../../src/errors.ts';
import { lockStage } from '../../../src/study/lock.ts';
import { initStudy, localFolder } from '../../../src/study/study.ts';
import { withFolder } from '../../support/temporary.ts';

test('a second holder is refused and told who holds it, until it is given back', async () => {
  await withFolder(async (folder) => {
    const study = await initStudy(folder);
    const unlock = await lockStage(study, 'sample');
    await assert.rejects(lockStage(study, 'sample'), (error: unknown) => {
      assert.ok(error instanceof SealongError && error.code === 'busy');
      assert.match(error.message, new RegExp(`process ${process.pid}`));
      return true;
    });
    await (
      await lockStage(study, 'score')
    )();
    await unlock();
    await (
      await lockStage(study, 'sample')
    )();
    assert.deepEqual(await readdir(await localFolder(study)), ['.gitignore']);
  });
});

test('of many that try at once in one process, one gets the lock and all others are told', async () => {
  await withFolder(async (folder) => {
    const study = await initStudy(folder);
    for (let round = 0; round < 20; round++) {
      const tries = await Promise.allSettled(
        Array.from({ length: 8 }, () => lockStage(study, 'sample')),
      );
      const unlocks = tries.flatMap((outcome) =>
        outcome.status === 'fulfilled' ? [outcome.value] : [],
      );
      const codes = tries.flatMap((outcome) =>
        outcome.status === 'rejected' && outcome.reason instanceof SealongError
          ? [outcome.reason.code]
          : [],
      );
      assert.equal(unlocks.length, 1);
      assert.deepEqual(new Set(codes), new Set(['busy']));
      await unlocks[0]?.();
    }
  });
});

test('the lock of a process that is gone is taken over', async () => {
  await withFolder(async (folder) => {
    const study = await initStudy(folder);
    const gone = { pid: 2 ** 22 + 1, host: hostname(), since: '2026-01-01T00:00:00Z' };
    await writeFile(join(await localFolder(study), 'sample.lock'), JSON.stringify(gone));
    await (
      await lockStage(study, 'sample')
    )();
  });
});
