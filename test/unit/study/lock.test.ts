import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startStage } from '../../../src/editor/run/stageRun.ts';
import { SealongError } from '../../../src/errors.ts';
import { isLocked, lockStage } from '../../../src/study/lock.ts';
import { processStart } from '../../../src/study/processStart.ts';
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

test('the lock of a process whose number another has now is taken over', async () => {
  await withFolder(async (folder) => {
    const study = await initStudy(folder);
    const path = join(await localFolder(study), 'sample.lock');
    const reused = { pid: process.pid, host: hostname(), since: '2026-01-01T00:00:00Z' };
    await writeFile(path, JSON.stringify({ ...reused, started: 'another boot 1' }));
    if ((await processStart(process.pid)) === undefined) return;
    assert.equal(await isLocked(study, 'sample'), false);
    await (
      await lockStage(study, 'sample')
    )();
  });
});

test('the lock of a process that was killed is taken over before anybody waited for its end', async () => {
  await withFolder(async (folder) => {
    const study = await initStudy(folder);
    const path = join(await localFolder(study), 'sample.lock');
    // A shell that starts one and becomes another program waits for none.
    const parent = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [said] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(said.toString());
      const started = await processStart(pid);
      if (started === undefined) return;
      const holder = { pid, host: hostname(), since: '2026-01-01T00:00:00Z', started };
      await writeFile(path, JSON.stringify(holder));
      assert.equal(await isLocked(study, 'sample'), true);
      process.kill(pid, 'SIGKILL');
      while ((await processStart(pid)) === started) await delay(5);
      assert.equal(await isLocked(study, 'sample'), false);
      await (
        await lockStage(study, 'sample')
      )();
    } finally {
      parent.kill('SIGKILL');
    }
  });
});

test('of many that find a stale lock at once, one takes it over', async () => {
  await withFolder(async (folder) => {
    const study = await initStudy(folder);
    const path = join(await localFolder(study), 'sample.lock');
    const gone = { pid: 2 ** 22 + 1, host: hostname(), since: '2026-01-01T00:00:00Z' };
    for (let round = 0; round < 10; round++) {
      await writeFile(path, JSON.stringify(gone));
      const tries = await Promise.allSettled(
        Array.from({ length: 12 }, () => lockStage(study, 'sample')),
      );
      const unlocks = tries.filter((outcome) => outcome.status === 'fulfilled');
      assert.equal(unlocks.length, 1);
      await unlocks[0]?.value();
    }
    assert.deepEqual(await readdir(await localFolder(study)), ['.gitignore']);
  });
});

test('a thread that crashes gives its lock back, and another does not', async () => {
  await withFolder(async (folder) => {
    const study = await initStudy(folder);
    const unlock = await lockStage(study, 'score');
    const lockUrl = new URL('../../../src/study/lock.ts', import.meta.url).href;
    const studyUrl = new URL('../../../src/study/study.ts', import.meta.url).href;
    const lines = `import { parentPort } from 'node:worker_threads';
      import { lockStage } from ${JSON.stringify(lockUrl)};
      import { openStudy } from ${JSON.stringify(studyUrl)};
      parentPort.once('message', async ({ request }) => {
        await lockStage(await openStudy(request.study), 'sample');
        throw new Error('boom');
      });`;
    const { outcome } = startStage({
      script: new URL(`data:text/javascript,${encodeURIComponent(lines)}`),
      request: { verb: 'sample', study: study.dir, settings: [] },
      environment: { modelCache: '', allowDownload: false, embeddingWorker: '' },
      listener: { progress: () => undefined, warning: () => undefined, note: () => undefined },
    });
    const result = await outcome;
    assert.ok(result.type === 'failed' && result.code === 'worker_crashed');
    assert.match(result.message, /boom/);
    await (
      await lockStage(study, 'sample')
    )();
    await assert.rejects(lockStage(study, 'score'), /Another "score" runs/);
    await unlock();
  });
});
