import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { plainHost } from '../../../src/cluster/plainHost/plainHost.ts';
import { slurm } from '../../../src/cluster/slurm/slurm.ts';
import { SealongError } from '../../../src/errors.ts';
import { ClusterStudy } from '../support/clusterStudy.ts';
import { Lab } from '../support/lab.ts';

const MB = 1024 * 1024;

/** Lines of about 1 KB. */
function pairsOf(bytes: number): string {
  return `${JSON.stringify({ text: 'x'.repeat(1000) })}\n`.repeat(Math.ceil(bytes / 1012));
}

describe('A disk of the cluster without room', () => {
  let lab: Lab;
  let jobs: ClusterStudy;
  const mounted: string[] = [];

  before(async () => {
    lab = await Lab.start({ nodes: 1 });
    jobs = await ClusterStudy.make(lab);
  });
  after(async () => {
    for (const folder of mounted.reverse()) execFileSync('umount', [folder]);
    await lab.stop();
    await jobs.remove();
  });

  const mount = (name: string, ...args: string[]): string => {
    const folder = join(lab.folder, name);
    mkdirSync(folder);
    execFileSync('mount', [...args, folder]);
    mounted.push(folder);
    return folder;
  };
  const workIn = (folder: string) => {
    execFileSync('chmod', ['777', folder]);
    jobs.cluster = { name: 'lab', profile: { ...jobs.cluster.profile, workdir: folder } };
  };

  it('is told before anything is sent', async () => {
    workIn(mount('small', '-t', 'tmpfs', '-o', 'size=2m', 'tmpfs'));
    await jobs.writePairs(pairsOf(3 * MB));
    await assert.rejects(jobs.train({ seed: 1 }), (error) => {
      assert.ok(error instanceof SealongError);
      assert.equal(error.code, 'preflight');
      assert.match(error.message, /nothing was sent.*small, 0\.0 GB free.*Free some space/s);
      return true;
    });
  });

  it('that a training fills fails the job with what its log says, and the job is resumed when there is room', async () => {
    const folder = mount('filling', '-t', 'tmpfs', '-o', 'size=6m', 'tmpfs');
    workIn(folder);
    await jobs.writePairs('{"a": 1}\n');
    const { job, folder: jobFolder } = await jobs.train({
      steps: 12,
      seconds: 0.1,
      megabytes: 1,
      seed: 2,
    });
    const { jobs: ended } = await jobs.follow([job]);
    assert.equal(ended[0]?.state, 'failed');
    assert.match(
      `${ended[0].error ?? ''} ${jobs.messages.at(-1) ?? ''}`,
      /No space left on device/,
    );
    assert.match(jobs.messages.at(-1) ?? '', /sealong resume/);
    execFileSync('mount', ['-o', 'remount,size=64m', folder]);
    execFileSync('rm', [join(jobFolder, 'filler')]);
    await jobs.resume(job);
    assert.equal((await jobs.follow([job])).jobs[0]?.state, 'done');
    assert.deepEqual((await jobs.stepsOf(job)).at(-1), 12);
  });

  it('since a quota is used up is told as that, and what was sent is gone on with', async () => {
    // A real quota: of a subvolume of btrfs, since file systems in memory keep none.
    const image = join(lab.folder, 'quota.img');
    await writeFile(image, '');
    execFileSync('truncate', ['-s', '120m', image]);
    execFileSync('mkfs.btrfs', ['-q', '-m', 'single', image]);
    const disk = mount('quota', '-o', 'loop', image);
    const folder = join(disk, 'mine');
    const btrfs = (...args: string[]) => execFileSync('btrfs', args, { stdio: 'pipe' });
    btrfs('quota', 'enable', disk);
    btrfs('subvolume', 'create', folder);
    btrfs('qgroup', 'limit', '3M', folder);
    workIn(folder);
    await jobs.writePairs(pairsOf(6 * MB));
    await assert.rejects(jobs.train({ seed: 3 }), (error) => {
      assert.ok(error instanceof SealongError);
      assert.match(error.code, /disk_full/);
      assert.match(error.message, /lab-login.*quota.*Free some space/s);
      return true;
    });
    btrfs('qgroup', 'limit', 'none', folder);
    const { job } = await jobs.train({ seed: 3 });
    assert.equal((await jobs.follow([job])).jobs[0]?.state, 'done');
  });

  it('at submission is told as that, and not waited for', async () => {
    const folder = mount('inodes', '-t', 'tmpfs', '-o', 'size=1m,nr_inodes=8,mode=777', 'tmpfs');
    for (let at = 0; at < 7; at++) await writeFile(join(folder, `file-${at}`), '');
    const job = { jobId: 'full', name: 'sealong-full', folder };
    for (const scheduler of [slurm, plainHost])
      await assert.rejects(
        jobs.withHost((host) => scheduler.submit(host, job, new AbortController().signal)),
        (error) => {
          assert.ok(error instanceof SealongError);
          assert.equal(error.code, 'remote_disk_full');
          assert.match(error.message, /failed on lab-login: its disk is full\. Free some/);
          return true;
        },
      );
  });

  it('where "quota" names one that is used up is warned of', async () => {
    workIn(mount('warned', '-t', 'tmpfs', '-o', 'size=64m', 'tmpfs'));
    await jobs.writePairs('{"a": 1}\n');
    // As quota writes it, with an asterisk behind what is over its limit.
    await lab.wrap('quota', 'echo "/dev/sda1  1048576*  1000000  1048576  6days  12  0  0"');
    await jobs.train({ seed: 4 }, { plan: true });
    assert.ok(
      jobs.messages.some((message) =>
        message.includes('quota: A quota of yours is used up (/dev/sda1)'),
      ),
      jobs.messages.join('\n'),
    );
    await lab.unwrap('quota');
  });
});
