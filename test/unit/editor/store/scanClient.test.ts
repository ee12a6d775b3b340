import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { test } from 'node:test';
import { ScanClient } from '../../../../src/editor/store/scanClient.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../../../support/study.ts';
import { withFolder } from '../../../support/temporary.ts';
import { follow } from './followed.ts';

const worker = new URL('../../../../src/editor/store/scanWorker.ts', import.meta.url);
const ignore = { begin: () => undefined, batch: () => Promise.resolve() };

test('the worker reads a study of many batches without getting far ahead of the host', async () => {
  await withFolder(async (folder) => {
    const { paths } = await studyWith(folder, ['a']);
    const text = 'long '.repeat(20_000);
    await writeRecords(
      paths.trajectories,
      Array.from({ length: 60 }, (_, index) => trajectoryRecord('a', index, text)),
    );
    const client = new ScanClient(worker);
    const { study } = follow(folder, client);
    await study.refresh();
    client.dispose();
    assert.equal(study.state('a').trajectories.length, 60);
    assert.equal(study.problems.length, 0);
  });
});

test('a batch that the host cannot apply ends the scan', async () => {
  await withFolder(async (folder) => {
    await studyWith(folder, ['a']);
    const client = new ScanClient(worker);
    const failing = { ...ignore, batch: () => Promise.reject(new Error('no memory')) };
    await assert.rejects(client.scan(folder, {}, failing), /no memory/);
    assert.deepEqual((await client.scan(folder, {}, ignore)).failures, []);
    client.dispose();
  });
});

test('a worker that ends settles what waits, and the next scan starts another', async () => {
  await withFolder(async (folder) => {
    const script = join(folder, 'broken.mjs');
    await writeFile(script, 'throw new Error("broken");');
    const client = new ScanClient(pathToFileURL(script));
    for (let attempt = 0; attempt < 2; attempt++)
      await assert.rejects(client.scan(folder, {}, ignore), {
        code: 'scan_failed',
        message: /broken/,
      });
    client.dispose();
  });
});

/** A reader that says which processes it was, and those of them that are there. */
async function toldReader(folder: string) {
  const [script, file] = [join(folder, 'reader.mjs'), join(folder, 'pids')];
  const lines = [
    "import { appendFileSync } from 'node:fs';",
    `appendFileSync(${JSON.stringify(file)}, process.pid + '\\n');`,
    `await import(${JSON.stringify(worker.href)});`,
  ];
  await writeFile(script, lines.join('\n'));
  const started = async () =>
    (await readFile(file, 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
  return { script: pathToFileURL(script), started };
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  const end = Date.now() + 20_000;
  while (isThere(pid)) {
    if (Date.now() > end) throw new Error(`The process ${pid} never ended.`);
    await delay(20);
  }
}

test('a reader without work ends after a while, not while it has some, and the next scan starts another', async () => {
  await withFolder(async (folder) => {
    await studyWith(folder, ['a']);
    const { script, started } = await toldReader(folder);
    const idleMs = 100;
    const client = new ScanClient(script, idleMs);
    const slow = { ...ignore, batch: () => delay(4 * idleMs) };
    assert.deepEqual((await client.scan(folder, {}, slow)).failures, []);
    const [first = 0] = await started();
    assert.ok(isThere(first));
    await untilGone(first);

    assert.deepEqual((await client.scan(folder, {}, ignore)).failures, []);
    const [, second = 0, ...others] = await started();
    assert.notEqual(second, first);
    assert.deepEqual(others, []);
    client.dispose();
    await untilGone(second);
  });
});

test('a reader that was started before there is work does it', async () => {
  await withFolder(async (folder) => {
    await studyWith(folder, ['a']);
    const { script, started } = await toldReader(folder);
    const client = new ScanClient(script);
    client.prepare();
    client.prepare();
    assert.deepEqual((await client.scan(folder, {}, ignore)).failures, []);
    const pids = await started();
    assert.equal(pids.length, 1);
    client.dispose();
    await untilGone(pids[0] ?? 0);
  });
});

test('dispose settles what waits', async () => {
  await withFolder(async (folder) => {
    await studyWith(folder, ['a']);
    const client = new ScanClient(worker);
    const scan = client.scan(folder, {}, ignore);
    client.dispose();
    await assert.rejects(scan, { code: 'cancelled' });
    await assert.rejects(client.scan(folder, {}, ignore), { code: 'cancelled' });
  });
});
