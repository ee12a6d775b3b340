import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { cleanJob } from '../../../src/cluster/jobActions.ts';
import type { SshHost } from '../../../src/cluster/ssh/sshHost.ts';
import { SealongError } from '../../../src/errors.ts';
import { initStudy, type Study } from '../../../src/study/study.ts';
import { readJob } from '../../../src/training/jobRecord.ts';

const ID = '20261124-120000-orpo-ab12';
let folder: string;
let study: Study;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealong-test-'));
  study = await initStudy(join(folder, 'study'));
});
after(() => rm(folder, { recursive: true, force: true }));

async function record(place: object): Promise<void> {
  const job = {
    kind: 'train',
    id: ID,
    created_at: '2026-11-24T12:00:00Z',
    place: { kind: 'cluster', cluster: 'h100', scheduler: 'slurm', ...place },
    state: 'done',
    history: [],
    export: { name: 'first', manifest_sha256: '', pairs_sha256: '' },
    recipe_sha256: '',
  };
  await mkdir(join(study.dir, 'training', ID), { recursive: true });
  await writeFile(join(study.dir, 'training', ID, 'job.json'), JSON.stringify(job));
}

test('a record that came with a study names no option of a scheduler and no folder above', async () => {
  const good = { folder: `/home/ada/sealong/jobs/${ID}`, scheduler_id: '12_3' };
  await record(good);
  assert.deepEqual((await readJob(study, ID)).place, {
    kind: 'cluster',
    cluster: 'h100',
    scheduler: 'slurm',
    ...good,
  });
  const bad = [
    { ...good, scheduler_id: '--me' },
    { ...good, scheduler_id: '12 13' },
    { ...good, folder: `/home/ada/jobs/../.ssh` },
    { ...good, folder: 'jobs/12' },
    { ...good, folder: '/home/ada/jobs\n/etc' },
  ];
  for (const place of bad) {
    await record(place);
    await assert.rejects(
      readJob(study, ID),
      (error) => error instanceof SealongError && error.code === 'bad_job',
      JSON.stringify(place),
    );
  }
});

test('nothing is listed or removed but the folder of the job', async () => {
  // A class with private fields cannot be made in part; all else of it would fail as well.
  const host = {
    mustRun: () => assert.fail('the host was asked'),
  } as unknown as SshHost;
  for (const other of ['/home/ada', '/home/ada/jobs/another', `/home/ada/${ID}`]) {
    await record({ folder: other });
    const options = { remove: true, signal: new AbortController().signal };
    await assert.rejects(
      cleanJob(study, { host }, ID, options),
      (error) => error instanceof SealongError && error.message.includes(other),
    );
  }
});
