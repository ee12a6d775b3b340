import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Lab } from './support/lab.ts';
import { wheelhouse } from './support/wheelhouse.ts';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;
/** The packaged extension, in which the command is. */
const VSIX = process.env['SEALONG_VSIX'] ?? '';

describe('What the README says of training on a cluster, word for word', () => {
  let lab: Lab;
  let home: string;
  let wheels: Awaited<ReturnType<typeof wheelhouse>>;
  let blocks: Record<'once' | 'profile' | 'each', string>;

  before(async () => {
    assert.notEqual(VSIX, '', 'SEALONG_VSIX names the packaged extension; "npm test" sets it.');
    wheels = await wheelhouse();
    lab = await Lab.start({ environment: wheels.environment });
    home = await mkdtemp(join(tmpdir(), 'sealong-test-'));
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const section = /^## Training on a cluster\n(.*?)^## /ms.exec(readme)?.[1] ?? '';
    const [once = '', profile = '', each = ''] = [
      ...section.matchAll(/^```(?:sh|json)\n(.*?)^```/gms),
    ].map(([, block]) => block);
    blocks = { once, profile, each };
    await cp(join(ROOT, 'demo/studies/ondrey-sampled'), join(home, 'my-study'), {
      recursive: true,
    });
    // ssh takes its configuration from where the user database says, whatever HOME is.
    const config = await lab.configWith('newcomer', [
      'Host login',
      '  HostName 127.0.0.1',
      `  User ${lab.user}`,
      `  Port ${lab.ports['P_LOGIN']}`,
      `  IdentityFile ${join(lab.folder, 'keys/id_ed25519')}`,
      `  UserKnownHostsFile ${join(lab.folder, 'etc/known_hosts')}`,
    ]);
    const bin = join(home, 'bin');
    await mkdir(bin);
    const command = async (name: string, line: string) => {
      await writeFile(join(bin, name), `#!/bin/sh\n${line}\n`);
      await chmod(join(bin, name), 0o755);
    };
    await command('ssh', `exec /usr/bin/ssh -F '${config}' "$@"`);
    await run('python3', ['-m', 'zipfile', '-e', VSIX, join(home, 'installed')]);
    const packaged = join(home, 'installed/extension/dist/sealong.js');
    await command('sealong', `exec '${process.execPath}' '${packaged}' "$@"`);
  });
  after(async () => {
    await lab.stop();
    for (const folder of [home, wheels.folder]) await rm(folder, { recursive: true, force: true });
  });

  const sh = async (script: string): Promise<string> => {
    const { stdout } = await run('sh', ['-ec', script], {
      cwd: home,
      env: { PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: home },
    });
    return stdout;
  };

  it('makes the environment there, trains, follows, fetches and cleans', async () => {
    await cp(join(ROOT, 'trainer'), join(home, 'trainer'), { recursive: true });
    // What the locks name is 5 GB, which only they are spared: all else of the set-up runs as it is.
    for (const lock of ['requirements.txt', 'requirements-deepspeed.txt'])
      await writeFile(join(home, 'trainer', lock), wheels.lock);
    const [copy = '', setUp = ''] = blocks.once.trimEnd().split('\n');
    await sh(copy);
    assert.match(setUp, /^ssh login sh sealong-trainer\/setup\.sh$/);
    assert.match(await sh(setUp), /setup: done/);
    const profile = JSON.parse(blocks.profile) as Record<string, { python: string }>;
    const [name = '', { python } = { python: '' }] = Object.entries(profile)[0] ?? [];
    const place = python.replace('~/', '');
    const found = await sh(`ssh login ${place} -c "'import stand_in; print(stand_in.__file__)'"`);
    assert.match(found, /sealong-trainer\/\.venv\/lib/);
    await mkdir(join(home, '.config/sealong'), { recursive: true });
    await writeFile(join(home, '.config/sealong/clusters.json'), blocks.profile);

    const [plan = '', train = '', list = '', fetch = ''] = blocks.each.trimEnd().split('\n');
    const planned = JSON.parse(await sh(plan)) as { state: string; script: string };
    assert.deepEqual([planned.state, planned.script.includes(place)], ['planned', true]);
    const trained = JSON.parse(await sh(train)) as { job: string; state: string; cluster: string };
    assert.deepEqual([trained.state, trained.cluster], ['done', name]);
    const listed = JSON.parse(await sh(list)) as { jobs: { job: string; state: string }[] };
    assert.deepEqual(
      listed.jobs.map(({ job, state }) => [job, state]),
      [[trained.job, 'done']],
    );
    await sh(fetch.replace('JOB', trained.job));
    const adapter = join(home, 'my-study/training', trained.job, 'adapter/adapter_config.json');
    assert.equal(await readFile(adapter, 'utf8'), '{"r": 8}');
    // The same again finds the job.
    await assert.rejects(sh(train), /has the same pairs and recipe.*--again/s);
    const left = JSON.parse(await sh(`sealong clean my-study ${trained.job}`)) as {
      removed: boolean;
      files: unknown[];
    };
    assert.ok(!left.removed && left.files.length > 5);
    await sh(`sealong clean my-study ${trained.job} --yes`);
  });
});
