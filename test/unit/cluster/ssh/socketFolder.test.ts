import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { removeAbandoned } from '../../../../src/cluster/ssh/socketFolder.ts';

/** Of a process that has ended. */
const { pid: gone } = spawnSync(process.execPath, ['-e', '']);

const isThere = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

test('folders of ended processes go; what is in doubt stays', async () => {
  const folder = (pid: number) => mkdtemp(`/tmp/sealong-ssh-${pid}-`);
  const empty = await folder(gone);
  const full = await folder(gone);
  await writeFile(join(full, 'rsh'), '');
  const ours = await folder(process.pid);
  const open = await folder(gone);
  await chmod(open, 0o755);
  const listened = await folder(gone);
  const server = createServer().listen(join(listened, 'socket'));
  await new Promise((resolve) => server.once('listening', resolve));
  const target = await mkdtemp('/tmp/sealong-test-');
  const link = `/tmp/sealong-ssh-${gone}-linked`;
  await symlink(target, link);
  const named = `/tmp/sealong-ssh-notes-${gone}`;
  await mkdir(named, { mode: 0o700 });
  try {
    await removeAbandoned();
    const left = await Promise.all(
      [empty, full, ours, open, listened, link, target, named].map(isThere),
    );
    assert.deepEqual(left, [false, false, true, true, true, true, true, true]);
    server.close();
    await new Promise((resolve) => server.once('close', resolve));
    await removeAbandoned();
    assert.equal(await isThere(listened), false);
  } finally {
    server.close();
    for (const path of [ours, open, listened, link, target, named])
      await rm(path, { recursive: true, force: true });
  }
});
