import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
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
