import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { openStudy, readOptional } from '../../../src/study/study.ts';
import { listJobs, readJob } from '../../../src/training/jobRecord.ts';
import { answerWithAdapter, shortDemoStudy, SMALL_TRAINING } from '../../support/realTraining.ts';
import { withFolder } from '../../support/temporary.ts';

const ROOT = new URL('../../../', import.meta.url).pathname;
const PYTHON = process.env['SEALONG_TRAINER_PYTHON'];
const EMBEDDED = process.env['SEALONG_EMBEDDED'];
const missing =
  PYTHON === undefined || EMBEDDED === undefined
    ? "the trainer's environment or the embedded model is not set up"
    : false;

function train(study: string, home: string): ChildProcess {
  const args = [join(ROOT, 'src/cli/main.ts'), 'train', study, ...SMALL_TRAINING];
  return spawn(process.execPath, args, {
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      SEALONG_CACHE: join(home, 'cache'),
      SEALONG_EMBEDDED: EMBEDDED,
      SEALONG_TRAINER_PYTHON: PYTHON,
      CUDA_VISIBLE_DEVICES: '',
      HF_HUB_OFFLINE: '1',
      // Others compute beside: threads that wait for one another would take more than they give.
      OMP_NUM_THREADS: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function ended(
  child: ChildProcess,
): Promise<{ code: number | null; out: string; err: string }> {
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  const textOf = (stream: Readable | null) => (stream ? text(stream) : Promise.resolve(''));
  const [out, err] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  return { code: await closed, out, err };
}

async function steps(folder: string): Promise<number[]> {
  const metrics = (await readOptional(join(folder, 'metrics.jsonl'))) ?? '';
  const lines = metrics.split('\n').filter((line) => line !== '');
  return lines.map((line) => z.object({ step: z.number() }).parse(JSON.parse(line)).step);
}

async function onlyJob(dir: string): Promise<string | undefined> {
  const { jobs } = await listJobs(await openStudy(dir));
  return jobs[0]?.id;
}

test(
  'the demo study trains the embedded model, stops, goes on, and its adapter answers',
  { skip: missing },
  async () => {
    await withFolder(async (home) => {
      const dir = join(home, 'study');
      await shortDemoStudy(dir);
      const first = train(dir, home);
      const firstEnded = ended(first);
      let id: string | undefined;
      while (first.exitCode === null) {
        id ??= await onlyJob(dir);
        if (id && (await steps(join(dir, 'training', id))).length > 0) break;
        await delay(50);
      }
      first.kill('SIGINT');
      const stopped = await firstEnded;
      assert.equal(stopped.code, 130, stopped.err);
      assert.ok(id !== undefined);
      const study = await openStudy(dir);
      assert.equal((await readJob(study, id)).state, 'stopped');

      const second = await ended(train(dir, home));
      assert.equal(second.code, 0, second.err);
      const folder = join(dir, 'training', id);
      const summary = z
        .object({ job: z.string(), steps: z.number(), loss: z.number(), adapter: z.string() })
        .parse(JSON.parse(second.out));
      assert.deepEqual({ job: summary.job, steps: summary.steps }, { job: id, steps: 3 });
      assert.deepEqual(await steps(folder), [1, 2, 3]);
      const job = await readJob(study, id);
      assert.deepEqual(
        job.history.map(({ state }) => state),
        ['prepared', 'running', 'stopped', 'running', 'done'],
      );
      const card = await readFile(join(summary.adapter, 'README.md'), 'utf8');
      assert.match(card, /mbr_embedding/);

      const third = await ended(train(dir, home));
      assert.equal(third.code, 1);
      assert.match(third.err, /is done: .*--again/);

      const { answer, change } = await answerWithAdapter(PYTHON ?? '', folder);
      assert.ok(answer.trim().length > 0);
      assert.ok(change > 1e-4, `the adapter changes logits by ${change}`);
    });
  },
);

test('a Python that is not there is said with what to do', { skip: missing }, async () => {
  await withFolder(async (home) => {
    const dir = join(home, 'study');
    await cp(join(ROOT, 'demo/studies/ondrey-sampled'), dir, { recursive: true });
    const child = spawn(
      process.execPath,
      [join(ROOT, 'src/cli/main.ts'), 'train', dir, '--python', '/nowhere/python'],
      {
        env: { PATH: process.env['PATH'], HOME: home, SEALONG_EMBEDDED: EMBEDDED },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    const { code, err } = await ended(child);
    assert.equal(code, 1);
    assert.match(err, /\/nowhere\/python cannot be run.*setup\.sh.*--python/s);
  });
});

test('another engine gets the pairs and its configuration, and says what it cannot do', async () => {
  await withFolder(async (home) => {
    const dir = join(home, 'study');
    await cp(join(ROOT, 'demo/studies/ondrey-sampled'), dir, { recursive: true });
    const child = spawn(
      process.execPath,
      [join(ROOT, 'src/cli/main.ts'), 'train', dir, '--engine', 'llamafactory', '--out', 'lf'],
      { env: { PATH: process.env['PATH'], HOME: home }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const { code, out, err } = await ended(child);
    assert.equal(code, 0, err);
    const summary = z
      .object({ files: z.array(z.string()), cannot: z.array(z.string()), pairs: z.number() })
      .parse(JSON.parse(out));
    assert.deepEqual(summary.files, ['pairs.jsonl', 'manifest.json', 'llamafactory.yaml']);
    assert.match(err, /No sequence parallelism/);
    const lines = (await readFile(join(dir, 'exports/lf/pairs.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n');
    assert.equal(lines.length, summary.pairs);
    const row = z.object({
      messages: z.array(z.unknown()),
      chosen: z.object({ content: z.string() }),
    });
    assert.ok(row.safeParse(JSON.parse(lines[0] ?? '')).success);
  });
});
