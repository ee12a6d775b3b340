import assert from 'node:assert/strict';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ClusterStudy, upTo } from '../support/clusterStudy.ts';
import { Lab } from '../support/lab.ts';
import { until } from '../../e2e/support/until.ts';
import { untilWritten } from '../support/untilWritten.ts';

const name = `sl${randomBytes(3).toString('hex')}`;
const [near, far] = [`${name}a`, `${name}b`];
const subnet = `10.213.${randomBytes(1)[0] ?? 0}`;
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });

/** Why this machine cannot have a network beside its own. */
function missing(): string | false {
  try {
    ip('netns', 'add', name);
    return false;
  } catch (error) {
    return `no network namespace can be made here: ${String(error)}`;
  }
}

describe('A host whose network goes away without a word', { skip: missing() }, () => {
  let lab: Lab;
  let jobs: ClusterStudy;
  let sshd: ChildProcess;

  before(async () => {
    lab = await Lab.start({ nodes: 1 });
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', name);
    ip('addr', 'add', `${subnet}.1/30`, 'dev', near);
    ip('link', 'set', near, 'up');
    ip('-n', name, 'addr', 'add', `${subnet}.2/30`, 'dev', far);
    ip('-n', name, 'link', 'set', far, 'up');
    const settings = join(lab.folder, 'etc/sshd_far.conf');
    const login = await readFile(join(lab.folder, 'etc/sshd_login.conf'), 'utf8');
    await writeFile(settings, login.replace(/^ListenAddress .*$/m, `ListenAddress ${subnet}.2:22`));
    const program = ['netns', 'exec', name, '/usr/sbin/sshd', '-D', '-e', '-f', settings];
    sshd = spawn('ip', program, { stdio: 'ignore' });
    // A job of a host without scheduler runs there itself.
    jobs = await ClusterStudy.make(lab, { scheduler: 'none' });
    jobs.sshConfig = await lab.configWith('far', [
      'Host lab-login',
      `  HostName ${subnet}.2`,
      '  Port 22',
      `  HostKeyAlias [127.0.0.1]:${lab.ports['P_LOGIN']}`,
    ]);
    await until('sshd', () =>
      jobs
        .withHost((host) => host.run('true', {}, signal))
        .then(
          () => true,
          () => false,
        ),
    );
  });
  after(async () => {
    sshd.kill();
    ip('netns', 'del', name);
    await lab.stop();
    await jobs.remove();
  });
  const { signal } = new AbortController();

  it('is noticed by the connection itself, told, and followed on when it is back', async () => {
    const { job } = await jobs.train({ steps: 10, seconds: 0.5 });
    const following = jobs.follow([job]);
    await untilWritten(join(jobs.study.dir, 'training', job ?? '', 'metrics.jsonl'));
    ip('link', 'set', near, 'down');
    const told = await until('the warning', () =>
      Promise.resolve(jobs.messages.find((message) => message.includes('Trying again'))),
    );
    assert.match(told, /lab-login/);
    ip('link', 'set', near, 'up');
    assert.equal((await following).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(job), upTo(10));
  });

  it('while a job is sent leaves one job once the same is run again', async () => {
    await jobs.writePairs(`${JSON.stringify({ text: 'x'.repeat(1000) })}\n`.repeat(100_000));
    const recipe = { steps: 2, seconds: 0.1, seed: 2 };
    const first = assert.rejects(jobs.train(recipe), /lab-login/);
    const part = () =>
      execFileSync('find', [lab.home(), '-name', '*.part', '-size', '+1M']).length > 0;
    await until('the upload', () => Promise.resolve(part()));
    ip('link', 'set', near, 'down');
    await first;
    ip('link', 'set', near, 'up');
    const { job } = await jobs.train(recipe);
    assert.equal((await jobs.follow([job])).jobs[0]?.state, 'done');
    assert.deepEqual(await jobs.stepsOf(job), [1, 2]);
    const log = await readFile(join(jobs.study.dir, 'training', job ?? '', 'log.txt'), 'utf8');
    assert.equal(log.split('fake trainer on').length - 1, 1);
  });
});
