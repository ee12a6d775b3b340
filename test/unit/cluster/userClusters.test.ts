import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { namedClusters, readClusters } from '../../../src/cluster/userClusters.ts';
import { SealongError } from '../../../src/errors.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealong-test-'));
});
after(() => rm(folder, { recursive: true, force: true }));

test('a name counts where it stands first, and says where that is', () => {
  const found = namedClusters([
    { configured: { lab: { host: 'a' } }, where: 'the setting' },
    { configured: { lab: { host: 'b' }, gpu: { host: 'c' } }, where: 'the file' },
    { configured: undefined, where: 'nowhere' },
  ]);
  assert.deepEqual(found, [
    { name: 'lab', profile: { host: 'a' }, where: 'the setting' },
    { name: 'gpu', profile: { host: 'c' }, where: 'the file' },
  ]);
});

test('what holds no clusters by name is refused with the place', () => {
  assert.throws(
    () => namedClusters([{ configured: [], where: 'the setting sealong.clusters' }]),
    (error) =>
      error instanceof SealongError && error.message.includes('sealong.clusters must hold'),
  );
});

test('a file that is not there holds none; one that is no JSON is named', async () => {
  assert.deepEqual(readClusters(join(folder, 'none.json')), {});
  const path = join(folder, 'clusters.json');
  await writeFile(path, '{"lab": ');
  assert.throws(
    () => readClusters(path),
    (error) => error instanceof SealongError && error.message.includes(path),
  );
});
