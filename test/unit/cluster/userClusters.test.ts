import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { commandClusters } from '../../../src/cli/clusters.ts';
import { clusterOf } from '../../../src/cluster/clusterProfile.ts';
import {
  clustersFile,
  namedClusters,
  readClusters,
  sharedClusters,
  shareClusters,
} from '../../../src/cluster/userClusters.ts';
import { SealongError } from '../../../src/errors.ts';

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealong-test-'));
  process.env['XDG_CONFIG_HOME'] = folder;
  delete process.env['SEALONG_CLUSTERS'];
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

test("the command knows the clusters of an editor's settings as long as they stand there", async () => {
  const h100 = { host: 'login', gpus: 8 };
  await shareClusters('Visual Studio Code', { h100 });
  await shareClusters('code-server', { other: { host: 'a' } });
  const file = join(folder, 'sealong/editors/visual-studio-code.json');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  const access = commandClusters(say);
  assert.equal(clusterOf(access.configured, 'h100', access.where).profile.host, 'login');
  assert.deepEqual(
    sharedClusters().map(({ where }) => where),
    [
      'the settings of code-server (sealong.clusters)',
      'the settings of Visual Studio Code (sealong.clusters)',
    ],
  );
  assert.throws(
    () => clusterOf(access.configured, 'none', access.where),
    /settings of an editor.*There are: /,
  );
  // Of two the settings count, as in the editor.
  await writeFile(clustersFile(), JSON.stringify({ h100: { host: 'else' }, mine: { host: 'm' } }));
  assert.deepEqual(said, []);
  const both = commandClusters(say);
  assert.equal(clusterOf(both.configured, 'h100', both.where).profile.host, 'login');
  assert.equal(clusterOf(both.configured, 'mine', both.where).profile.host, 'm');
  assert.match(
    said.join('\n'),
    /^The cluster "h100" stands in .*clusters\.json and, otherwise, in /,
  );
  // Who names a file wants that alone.
  process.env['SEALONG_CLUSTERS'] = clustersFile();
  assert.equal(clusterOf(commandClusters(say).configured, 'h100', '').profile.host, 'else');
  delete process.env['SEALONG_CLUSTERS'];
  await shareClusters('Visual Studio Code', {});
  await shareClusters('code-server', undefined);
  assert.deepEqual(await readdir(join(folder, 'sealong/editors')), []);
});

test('a copy that is no copy is named, and keeps no other verb from its work', async () => {
  await shareClusters('code-server', { other: { host: 'a' } });
  await writeFile(join(folder, 'sealong/editors/code-server.json'), '[]');
  const access = commandClusters((message) => assert.fail(message));
  assert.throws(
    () => access.configured,
    /code-server\.json is not as an editor writes it.*Delete it/,
  );
});
