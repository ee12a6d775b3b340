import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { copyFile, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isPassing } from '../../../src/cluster/ssh/sshFailure.ts';
import { SealongError } from '../../../src/errors.ts';
import { ClusterStudy, upTo } from '../support/clusterStudy.ts';
import { Lab } from '../support/lab.ts';
import { Link } from '../support/link.ts';
import { until } from '../../e2e/support/until.ts';
import { untilWritten } from '../support/untilWritten.ts';

const MB = 1024 * 1024;

/** What a cut connection is told with: the host, and that nothing is lost. */
function isCut(error: unknown): true {
  assert.ok(error instanceof SealongError, String(error));
  assert.ok(isPassing(error), `${error.code}: ${error.message}`);
  assert.match(error.message, /lab-login/);
  return true;
}

describe('A connection that breaks', () => {
  let lab: Lab;
  let link: Link;
  let jobs: ClusterStudy;
  let through: string;

  before(async () => {
    lab = await Lab.start({ nodes: 1 });
    link = await Link.to(Number(lab.ports['P_LOGIN']));
    jobs = await ClusterStudy.make(lab);
    through = await lab.configThrough(link.port);
    jobs.sshConfig = through;
  });
  after(async () => {
    await link.close();
    await lab.stop();
    await jobs.remove();
  });

  /** Names of all jobs that Slurm ever took: one for each submission. */
  const taken = async () =>
    (await lab.slurm('squeue', '-h', '-a', '-t', 'all', '-o', '%j')).split('\n').filter(Boolean);
  const timesTaken = async (job: string | null) =>
    (await taken()).filter((name) => name === `sealong-${job ?? ''}`).length;

  it('while pairs are sent is told, and the next run sends the rest of them', async () => {
    const row = () => `${JSON.stringify({ text: randomBytes(3000).toString('base64') })}\n`;
    await jobs.writePairs(Array.from({ length: 2000 }, row).join(''));
    const recipe = { steps: 2, seconds: 0.1, seed: 1 };
    link.cutAfter('up', 5 * MB);
    await assert.rejects(jobs.train(recipe), isCut);
    const before = link.passed.up;
    const { job } = await jobs.train(recipe);
    // Of 8 MB; what was under way when it was cut goes again.
    assert.ok(link.passed.up - before < 6 * MB, `${link.passed.up - before} bytes`);
    assert.equal((await jobs.follow([job])).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(job), [1, 2]);
    assert.equal(await timesTaken(job), 1);
    await jobs.writePairs('{"a": 1}\n');
  });

  it('at whatever byte leaves one job once the same is run again', async () => {
    const whole = { ...link.passed };
    await jobs.train({ seed: 20 });
    const total = { up: link.passed.up - whole.up, down: link.passed.down - whole.down };
    const sent: (string | null)[] = [];
    const cuts = [0.06, 0.4, 0.7, 0.95];
    for (const direction of ['up', 'down'] as const)
      for (const [at, share] of cuts.entries()) {
        const recipe = { seed: 100 + at + (direction === 'up' ? 0 : 50) };
        link.cutAfter(direction, Math.floor(total[direction] * share));
        let job = await jobs.train(recipe).then(
          (summary) => summary.job,
          (error: unknown) => {
            isCut(error);
            return null;
          },
        );
        // Where fewer bytes were needed this time.
        if (link.isWaitingToCut) link.cut();
        job ??= (await jobs.train(recipe)).job;
        sent.push(job);
      }
    const { jobs: ended } = await jobs.follow(sent);
    assert.deepEqual(
      ended.map(({ state }) => state),
      ended.map(() => 'done'),
    );
    for (const job of sent)
      assert.deepEqual([await jobs.stepsOf(job), await timesTaken(job)], [[1], 1]);
    assert.equal(new Set(sent).size, 2 * cuts.length);
  });

  for (const [moment, seed] of [
    ['before Slurm has heard of the job', 2],
    ['after Slurm has taken the job', 3],
  ] as const)
    it(`at submission, ${moment}, leaves one job, which the next run finds`, async () => {
      const mark = join(lab.folder, 'bin/mark');
      const slow = `echo begun >>'${mark}'; sleep 1; answer=$("$real" "$@"); status=$?`;
      await lab.wrap(
        'sbatch',
        `${slow}; echo taken >>'${mark}'; sleep 1; echo "$answer"; exit $status`,
      );
      await lab.openFile(mark);
      const recipe = { steps: 2, seconds: 0.1, seed };
      try {
        const first = assert.rejects(jobs.train(recipe), isCut);
        await until('the submission', async () =>
          (await readFile(mark, 'utf8')).includes(seed === 2 ? 'begun' : 'taken'),
        );
        link.cut();
        await first;
        const { job } = await jobs.train(recipe);
        assert.equal((await jobs.follow([job])).jobs[0]?.state, 'done');
        assert.deepEqual([await jobs.stepsOf(job), await timesTaken(job)], [[1, 2], 1]);
        assert.equal(await readFile(mark, 'utf8'), 'begun\ntaken\n');
      } finally {
        await lab.unwrap('sbatch');
        await rm(mark);
      }
    });

  it('while an adapter is fetched leaves no half of one, and the next fetch goes on', async () => {
    const { job } = await jobs.train({ seed: 4, weights: 1_000_000 });
    await jobs.follow([job]);
    link.cutAfter('down', 4 * MB);
    await assert.rejects(jobs.fetch(job), isCut);
    const adapter = join(jobs.study.dir, 'training', job ?? '', 'adapter');
    await assert.rejects(stat(adapter), /ENOENT/);
    const before = link.passed.down;
    const fetched = await jobs.fetch(job);
    assert.ok(link.passed.down - before < 6 * MB, `${link.passed.down - before} bytes`);
    assert.equal(fetched.bytes, 7_000_000 + '{"r": 8}'.length);
    const weights = await readFile(join(adapter, 'adapter_model.safetensors'), 'utf8');
    assert.equal(weights, 'weights'.repeat(1_000_000));
  });

  it('without a word while a job is followed is noticed, told and made again', async () => {
    const { job } = await jobs.train({ steps: 12, seconds: 1, seed: 5 });
    const following = jobs.follow([job]);
    const file = join(jobs.study.dir, 'training', job ?? '', 'metrics.jsonl');
    await untilWritten(file);
    const connections = link.taken;
    link.hold();
    const before = jobs.messages.length;
    await until('the warning', () =>
      Promise.resolve(/lab-login.*Trying again/.test(jobs.messages.slice(before).join('\n'))),
    );
    link.release();
    assert.equal((await following).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(job), upTo(12));
    assert.ok(link.taken > connections);
  });

  it('since sshd is restarted is made again when it is back', async () => {
    jobs.sshConfig = lab.sshConfig;
    // Long enough to be cut while it runs, however busy this machine is.
    const { job, folder } = await jobs.train({ steps: 20, seconds: 0.5, seed: 6 });
    const following = jobs.follow([job]);
    await untilWritten(join(jobs.study.dir, 'training', job ?? '', 'metrics.jsonl'));
    const before = jobs.messages.length;
    try {
      await lab.cutConnections();
      await lab.kill('sshd_login');
      await until('the warning', () =>
        Promise.resolve(/lab-login.*Trying again/.test(jobs.messages.slice(before).join('\n'))),
      );
      await untilWritten(join(folder, 'exit'));
    } finally {
      await lab.script('up.sh');
    }
    assert.equal((await following).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(job), upTo(20));
    assert.equal(await timesTaken(job), 1);
  });

  it('since the host has another key is not made again, and nothing is lost', async () => {
    jobs.sshConfig = lab.sshConfig;
    const { job } = await jobs.train({ steps: 4, seconds: 0.3, seed: 7 });
    const known = join(lab.folder, 'etc/known_before');
    await copyFile(join(lab.folder, 'etc/known_hosts'), known);
    await lab.kill('sshd_login');
    await rm(join(lab.folder, 'keys/host_ed25519'));
    await lab.script('up.sh');
    const before = await jobs.record(job);
    jobs.sshConfig = await lab.configWith('known', ['Host *', `  UserKnownHostsFile ${known}`]);
    await assert.rejects(jobs.follow([job]), (error) => {
      assert.ok(error instanceof SealongError);
      assert.equal(error.code, 'host_key_changed');
      assert.match(error.message, /lab-login.*administrators.*ssh-keygen -R/);
      return true;
    });
    assert.deepEqual(await jobs.record(job), before);
    jobs.sshConfig = lab.sshConfig;
    assert.equal((await jobs.follow([job])).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(job), upTo(4));
  });
});
