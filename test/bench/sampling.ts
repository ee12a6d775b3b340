import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeRecord } from '../../src/records/jsonl.ts';
import { parseSetting } from '../../src/study/loadConfig.ts';
import { initStudy } from '../../src/study/study.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { questionRecord } from '../support/study.ts';
import { compare, figureOf, progress, report, type Comparison } from './comparison.ts';

/** The method's own size: 2,048 questions x 32 samples; fewer for a first look. */
const SAMPLES = Number(process.env['SEALONG_BENCH_SAMPLES'] ?? 65_536);
const N = 32;
const IN_FLIGHT = 64;
/** 18K tokens of English. */
const CONTEXT_CHARACTERS = 72_000;
const TICKS_A_SECOND = 100;

interface Measured {
  wallS: number;
  cpuS: number;
  peakMb: number;
}

/** Runs a program to its end, watching its processor time and its memory. */
async function measured(child: ChildProcess): Promise<Measured> {
  const started = performance.now();
  let cpuS = 0;
  let peakMb = 0;
  const watch = setInterval(() => {
    try {
      const stat = readFileSync(`/proc/${child.pid ?? 0}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      cpuS = (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
      const status = readFileSync(`/proc/${child.pid ?? 0}/status`, 'utf8');
      // One that has ended and is not waited for yet has no memory any more.
      peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It has ended since: the last look stands.
    }
  }, 100);
  const [code] = (await once(child, 'close')) as [number | null];
  clearInterval(watch);
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${String(code)}.`);
  return { wallS: (performance.now() - started) / 1000, cpuS, peakMb };
}

function startNode(script: string, args: readonly string[], cwd: string): ChildProcess {
  const { PATH, HOME } = process.env;
  return spawn(process.execPath, [join(ROOT, script), ...args], {
    cwd,
    env: { PATH, HOME, SEALONG_CACHE: join(cwd, 'cache') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function serving<T>(ways: 'n' | 'single', use: (url: string) => Promise<T>): Promise<T> {
  const server = startNode('test/bench/serveSimulated.ts', [ways], tmpdir());
  try {
    if (!server.stdout) throw new Error('The simulated server has no output.');
    const [said] = (await once(server.stdout, 'data')) as [Buffer];
    return await use(said.toString().trim());
  } finally {
    server.kill();
  }
}

async function inStudy<T>(samples: number, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sealong-bench-'));
  try {
    const settings = ['sampling.model=scripted', `sampling.n=${N}`, 'sampling.max_tokens=64'];
    const study = await initStudy(folder, settings.map(parseSetting));
    const file = await open(study.paths.questions, 'w');
    for (let at = 0; at < samples / N; at++) {
      const record = questionRecord(`q${at}`);
      const context = `${record.context} ${'word '.repeat(CONTEXT_CHARACTERS / 5)}`;
      await file.write(encodeRecord({ ...record, context }));
    }
    await file.close();
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const sampled = (folder: string, url: string, choices: number): Promise<Measured> => {
  const flags = ['--concurrency', String(IN_FLIGHT), '--max-choices', String(choices)];
  const child = startNode(
    'dist/sealong.js',
    ['sample', folder, '--endpoint', url, ...flags],
    folder,
  );
  child.stdout?.resume();
  return measured(child);
};

interface Pair {
  ours: Measured;
  bare: Measured;
}

/** `sealong sample` and a bare load generator, one after the other, on servers of the same kind. */
async function beside(choices: number): Promise<Pair> {
  const ways = choices > 1 ? 'n' : 'single';
  const requests = SAMPLES / choices;
  progress(`${requests} requests for ${choices} by a bare load generator`);
  const bare = await serving(ways, (url) => {
    const counts = [requests, IN_FLIGHT / choices, choices, CONTEXT_CHARACTERS].map(String);
    const child = startNode('test/bench/bareLoad.ts', [url, ...counts], ROOT);
    child.stdout?.resume();
    return measured(child);
  });
  progress(`${SAMPLES} samples by "sealong sample", ${choices} by a request`);
  const ours = await serving(ways, (url) =>
    inStudy(SAMPLES, (folder) => sampled(folder, url, choices)),
  );
  return { ours, bare };
}

function comparisonsOf({ ours, bare }: Pair, how: string): Comparison[] {
  const beside = (
    what: string,
    unit: string,
    value: (of: Measured) => number,
    aim: string,
  ): Comparison =>
    compare(
      `${what}, ${how}`,
      figureOf('sealong sample', unit, [value(ours)]),
      figureOf('bare load generator', unit, [value(bare)]),
      aim,
    );
  return [
    beside('throughput', 'samples/s', ({ wallS }) => SAMPLES / wallS, 'at least 0.97x'),
    beside(
      'processor time at 500 samples/s',
      '% of a core',
      ({ cpuS }) => (100 * 500 * cpuS) / SAMPLES,
      'under 15 %',
    ),
    beside('peak memory', 'MB', ({ peakMb }) => peakMb, 'under 200 MB'),
  ];
}

const single = await beside(1);
const sets = await beside(N);
report(
  [...comparisonsOf(sets, `${N} choices a request`), ...comparisonsOf(single, 'a request each')],
  [
    `${SAMPLES} samples of ${SAMPLES / N} questions with contexts of 18K tokens, ${IN_FLIGHT} in flight, answers after 200 ms.`,
    `Each in a process of its own; the server is another. By default a request asks for all ${N} choices and is read along.`,
  ],
);
