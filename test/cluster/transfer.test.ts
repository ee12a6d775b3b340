import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFile,
  chmod,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { SshHost } from '../../src/cluster/ssh/sshHost.ts';
import { followFiles } from '../../src/cluster/transfer/followFile.ts';
import { planUploads, upload } from '../../src/cluster/transfer/upload.ts';
import { Lab } from './support/lab.ts';

const { signal } = new AbortController();

describe('Files between this machine and a cluster', () => {
  let lab: Lab;
  let host: SshHost;
  let here: string;
  let home: string;

  before(async () => {
    lab = await Lab.start({ nodes: 1 });
    host = await SshHost.open({ host: 'lab-jump', configFile: lab.sshConfig });
    here = await mkdtemp(join(tmpdir(), 'sealong-test-'));
    home = lab.home();
  });
  after(async () => {
    await host.close();
    await lab.stop();
    await rm(here, { recursive: true, force: true });
  });

  const write = async (name: string, content: string | Buffer) => {
    const local = join(here, name);
    await writeFile(local, content);
    return { local, remote: `${home}/a folder's $(touch PWNED)/${name}` };
  };
  /** Another connection, made where rsync is not installed. */
  const withoutRsync = async (use: (other: SshHost) => Promise<void>) => {
    const path = process.env['PATH'];
    const fewer = await mkdtemp(join(here, 'bin-'));
    for (const program of ['ssh', 'sftp'])
      await symlink(`/usr/bin/${program}`, join(fewer, program));
    const other = await SshHost.open({ host: 'lab-login', configFile: lab.sshConfig });
    process.env['PATH'] = fewer;
    try {
      await use(other);
    } finally {
      process.env['PATH'] = path;
      await other.close();
    }
  };

  for (const way of ['rsync', 'sftp'])
    it(`sends by ${way} what is not there yet, and only that`, async () => {
      const files = [
        await write(`pairs of ${way}'s "best" [*].jsonl`, randomBytes(2_000_000)),
        await write(`empty ${way}`, ''),
      ];
      const plans = await planUploads(host, files, signal);
      assert.deepEqual(
        plans.map(({ there }) => there),
        [false, false],
      );
      const send = (over: SshHost) => upload(over, plans, signal);
      await (way === 'rsync' ? send(host) : withoutRsync(send));
      for (const { local, remote } of files)
        assert.ok((await readFile(remote)).equals(await readFile(local)), remote);
      await writeFile(files[1]?.local ?? '', 'no longer empty');
      const again = await planUploads(host, files, signal);
      assert.deepEqual(
        again.map(({ there }) => there),
        [true, false],
      );
    });

  it('passes by what a login shell prints where no terminal is', async () => {
    const file = await write('under a greeting', randomBytes(100_000));
    const greeting = join(home, '.bashrc');
    await writeFile(greeting, "printf 'Welcome to the cluster\\n@ 1 0 5 5\\nid 7'\n");
    const other = await SshHost.open({ host: 'lab-login', configFile: lab.sshConfig });
    try {
      assert.equal(
        await other.mustRun('Asking', 'printf "%s" "$value"', { value: 'a' }, signal),
        'a',
      );
      await upload(other, await planUploads(other, [file], signal), signal);
      assert.ok((await readFile(file.remote)).equals(await readFile(file.local)));
      const local = join(here, 'followed under a greeting');
      await followFiles(other, [{ remote: file.remote, local }], signal);
      assert.ok((await readFile(local)).equals(await readFile(file.local)));
    } finally {
      await other.close();
      await rm(greeting);
    }
  });

  it('sends what nobody else there can read, whatever the umask is', async () => {
    const file = await write('private', 'a question');
    const private_ = { ...file, remote: join(home, 'new/data/private.jsonl') };
    await upload(host, await planUploads(host, [private_], signal), signal);
    const modes = await Promise.all(
      ['new', 'new/data'].map(async (folder) => (await stat(join(home, folder))).mode & 0o777),
    );
    assert.deepEqual(modes, [0o700, 0o700]);
  });

  it('goes on with what a broken connection left', async () => {
    const content = randomBytes(3_000_000);
    const file = await write('broken', content);
    const [plan] = await planUploads(host, [file], signal);
    assert.ok(plan);
    const part = `${file.remote}.${plan.sha256.slice(0, 12)}.part`;
    await writeFile(part, content.subarray(0, 1_500_000));
    await chmod(part, 0o666);
    await upload(host, [plan], signal);
    assert.ok((await readFile(file.remote)).equals(content));
  });

  it('does not put in place what arrived damaged, and says what to do', async () => {
    const file = await write('damaged', 'as it was');
    const [plan] = await planUploads(host, [file], signal);
    assert.ok(plan);
    await writeFile(file.local, 'changed meanwhile');
    await assert.rejects(
      upload(host, [plan], signal),
      /differs from what was sent; run this again/,
    );
    await assert.rejects(readFile(file.remote), /ENOENT/);
  });

  it('says that the disk there is full', async () => {
    const file = await write('large', randomBytes(3_000_000));
    const small = join(lab.folder, 'small');
    execFileSync('mkdir', [small]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=777', 'tmpfs', small]);
    try {
      const [plan] = await planUploads(host, [{ ...file, remote: `${small}/large` }], signal);
      assert.ok(plan);
      await assert.rejects(upload(host, [plan], signal), /disk is full/i);
    } finally {
      execFileSync('umount', [small]);
    }
  });

  it('follows a file that grows, nothing twice and nothing missing', async () => {
    const remote = join(home, "it's growing.log");
    const file = { remote, local: join(here, 'growing.log') };
    await followFiles(host, [file], signal);
    assert.equal(await readFile(file.local, 'utf8'), '');
    let all = '';
    for (let at = 0; at < 30; at++) {
      // Cut within a character now and then.
      const piece = `${at} 漢字 ${'x'.repeat(at * 37)}\n`;
      all += piece;
      await appendFile(remote, piece);
      if (at % 3 === 0) await followFiles(host, [file], signal);
    }
    while (await followFiles(host, [file], signal));
    assert.equal(await readFile(file.local, 'utf8'), all);
    await followFiles(host, [file], signal);
    assert.equal(await readFile(file.local, 'utf8'), all);
  });

  it('writes into no file that a link of the study leads to', async () => {
    const file = await write('to be followed', 'what the host has');
    await upload(host, await planUploads(host, [file], signal), signal);
    const [own, link] = [join(here, 'of the user'), join(here, 'log.txt')];
    await writeFile(own, 'untouched');
    await symlink(own, link);
    await assert.rejects(
      followFiles(host, [{ remote: file.remote, local: link }], signal),
      /log\.txt is a link.*Remove it/,
    );
    assert.equal(await readFile(own, 'utf8'), 'untouched');
  });

  it('begins anew with a file that is another than before, also where it is longer', async () => {
    const remote = join(home, 'rotated.log');
    const file = { remote, local: join(here, 'rotated.log') };
    await writeFile(remote, 'a line of the first\n'.repeat(200));
    await followFiles(host, [file], signal);
    for (const other of ['short\n', 'another line altogether\n'.repeat(900)]) {
      await writeFile(remote, other);
      while (await followFiles(host, [file], signal));
      assert.equal(await readFile(file.local, 'utf8'), other);
    }
  });

  it('reads files that are replaced and cut off meanwhile each as one whole', async () => {
    const replaced = { remote: join(home, 'state.json'), local: join(here, 'state.json') };
    const cutOff = { remote: join(home, 'cut.log'), local: join(here, 'cut.log') };
    const steady = { remote: join(home, 'steady.log'), local: join(here, 'steady.log') };
    const state = (length: number) => JSON.stringify({ phase: 'training', x: 'y'.repeat(length) });
    await writeFile(replaced.remote, state(1));
    await writeFile(steady.remote, 'as it is\n');
    const over = new AbortController();
    const writing = (async () => {
      for (let at = 0; !over.signal.aborted; at++) {
        await writeFile(`${replaced.remote}.tmp`, state(at % 2 === 0 ? 4000 : 1));
        await rename(`${replaced.remote}.tmp`, replaced.remote);
        await writeFile(cutOff.remote, at % 2 === 0 ? 'a line\n'.repeat(5000) : '');
      }
    })();
    try {
      for (let at = 0; at < 60; at++) {
        await followFiles(host, [{ ...replaced, whole: true }, cutOff, steady], signal);
        JSON.parse(await readFile(replaced.local, 'utf8'));
        assert.equal(await readFile(steady.local, 'utf8'), 'as it is\n');
      }
    } finally {
      over.abort();
      await writing;
    }
    await writeFile(cutOff.remote, 'the last word\n');
    while (await followFiles(host, [cutOff], signal));
    assert.equal(await readFile(cutOff.local, 'utf8'), 'the last word\n');
  });

  it('follows a file larger than one call brings', async () => {
    const remote = join(home, 'huge.log');
    const content = randomBytes(9_000_000);
    await writeFile(remote, content);
    const file = { remote, local: join(here, 'huge.log') };
    let calls = 1;
    while (await followFiles(host, [file], signal)) calls += 1;
    assert.ok(calls > 1);
    assert.ok((await readFile(file.local)).equals(content));
  });
});
