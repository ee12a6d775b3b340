import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Lab } from './support/lab.ts';
import { until } from '../e2e/support/until.ts';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;
const MAIN = join(ROOT, 'src/cli/main.ts');
const EMBEDDED = process.env['SEALONG_EMBEDDED'] ?? '';

/** What loading and sampling may take on a machine without GPUs. */
const LIMIT_MS = 240_000;

describe('The embedded server as a job on Slurm, by the command', () => {
  let lab: Lab;
  let here: string;
  let study: string;

  before(async () => {
    lab = await Lab.start({ nodes: 1 });
    here = await mkdtemp(join(tmpdir(), 'sealong-test-'));
    study = join(here, 'study');
    await cp(join(ROOT, 'demo/studies/ondrey'), study, { recursive: true });
    // Ten questions are enough, and take no minutes.
    const questions = await readFile(join(study, 'questions.jsonl'), 'utf8');
    const few = questions.split('\n').slice(0, 10).join('\n');
    await writeFile(join(study, 'questions.jsonl'), `${few}\n`);
    const clusters = {
      lab: {
        // Who can read the embedded model here.
        ...{ host: 'lab-root', ssh_config: lab.sshConfig, workdir: join(lab.folder, 'work') },
        servers: {
          embedded: {
            gpus: 0,
            host: '127.0.0.1',
            setup: [`export SEALONG_EMBEDDED='${EMBEDDED}' SEALONG_CACHE='${join(here, 'there')}'`],
            lines: [`exec '${process.execPath}' '${MAIN}' serve --port "$port"`],
          },
        },
      },
    };
    await writeFile(join(here, 'clusters.json'), JSON.stringify(clusters));
  });
  after(async () => {
    await lab.stop();
    await rm(here, { recursive: true, force: true });
  });

  const environment = () => ({
    PATH: process.env['PATH'],
    HOME: here,
    SEALONG_CACHE: join(here, 'cache'),
    SEALONG_CLUSTERS: join(here, 'clusters.json'),
  });
  const sealong = async (...args: string[]): Promise<Record<string, unknown>> => {
    const options = { env: environment(), timeout: LIMIT_MS };
    const { stdout } = await run(process.execPath, [MAIN, ...args], options);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const started = (...args: string[]) => {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const child = spawn(process.execPath, [MAIN, ...args], { env: environment(), stdio });
    const said = { out: '', err: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
    return { child, said };
  };
  const ended = async (child: ChildProcess): Promise<number | null> => {
    if (child.exitCode === null) await once(child, 'exit');
    return child.exitCode;
  };

  it('is started, sampled through a tunnel that is cut meanwhile, and stopped', async () => {
    const settings = ['--set', 'sampling.n=2', '--set', 'sampling.max_tokens=24'];
    const serve = ['serve', study, '--cluster', 'lab', '--engine', 'embedded'];
    const planned = await sealong(...serve, '--plan');
    assert.match(String(planned['script']), /serve --port "\$port"/);
    const { child, said } = started(...serve);
    try {
      const line = await until(
        'the server',
        () => Promise.resolve(/^\{.*$/m.exec(said.out)?.[0]),
        LIMIT_MS,
      );
      const { job, url, model } = JSON.parse(line) as Record<string, string>;
      assert.match(url ?? '', /^http:\/\/127\.0\.0\.1:\d+\/v1$/);
      assert.match(model ?? '', /SmolLM2/);

      const sampling = started(
        'sample',
        study,
        '--endpoint',
        job ?? '',
        '--concurrency',
        '2',
        ...settings,
      );
      const samples = async () => {
        const file = join(study, 'trajectories.jsonl');
        return (await readFile(file, 'utf8').catch(() => '')).split('\n').length - 1;
      };
      const enough = async () => sampling.child.exitCode !== null || (await samples()) >= 4;
      await until('some samples', enough, LIMIT_MS);
      assert.ok((await lab.cutConnections()) > 0);
      assert.equal(await ended(sampling.child), 0, sampling.said.err);
      const { added, failed } = JSON.parse(sampling.said.out) as Record<string, number>;
      assert.deepEqual([added, failed, await samples()], [20, 0, 20]);
      // Both processes had a way, and made it anew.
      await until('the way anew', () => Promise.resolve(said.err.split('answers at').length > 2));
      assert.ok(sampling.said.err.split('answers at').length > 2, sampling.said.err);

      const listed = (await sealong('jobs', study))['jobs'] as Record<string, string>[];
      assert.deepEqual([listed[0]?.['kind'], listed[0]?.['phase']], ['serve', 'serving']);
      await sealong('cancel', study, job ?? '');
      assert.equal(await ended(child), 0, said.err);
      assert.match(said.err, /is cancelled/);
    } finally {
      child.kill();
    }
  });
});
