import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Embedder } from '../../src/scoring/embedding/embedder.ts';
import { openLocalEmbedder } from '../../src/scoring/embedding/localEmbedder.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { compare, figureOf, given, medianOf, progress, report } from './comparison.ts';

/** Texts a second of the engine, on one thread, beside onnxruntime in Python on the same file and texts. */
const TEXTS = 64;
/** Of the demo's passages this many words come to about 195 tokens. */
const WORDS = 158;
/** Texts overlap, so that the passages give enough of them. */
const STRIDE = 75;
const RUNS = 7;
/** The tokenizers and the pooling are not the same code; the vectors are to be. */
const SAME = 1e-4;

interface Run {
  wall: number;
  cpu: number;
}

async function passages(): Promise<string[]> {
  const schema = z.object({ text: z.string() });
  const lines = (await readFile(join(ROOT, 'demo/passages.jsonl'), 'utf8')).split('\n');
  const words = lines
    .filter(Boolean)
    .flatMap((line) => schema.parse(JSON.parse(line)).text.split(/\s+/));
  if (words.length < (TEXTS - 1) * STRIDE + WORDS)
    throw new Error(`demo/passages.jsonl has only ${words.length} words.`);
  return Array.from({ length: TEXTS }, (_, at) =>
    words.slice(at * STRIDE, at * STRIDE + WORDS).join(' '),
  );
}

interface Embedded {
  vectors: Float32Array[];
  tokens: number[];
}

async function embedAll(embedder: Embedder, texts: readonly string[]): Promise<Embedded> {
  const embedded: Embedded = { vectors: [], tokens: [] };
  for await (const { position, vector, tokens } of embedder.embed(texts)) {
    embedded.vectors[position] = vector;
    embedded.tokens[position] = tokens ?? NaN;
  }
  return embedded;
}

async function timeOurs(embedder: Embedder, texts: readonly string[]): Promise<Run> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await embedAll(embedder, texts);
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1e3, cpu: (user + system) / 1e6 };
}

interface Peer {
  version: string;
  run: () => Promise<Run>;
  vectors: () => Promise<number[][]>;
  stop: () => void;
}

async function startPeer(
  folder: string,
  maxTokens: number,
  texts: readonly string[],
): Promise<Peer> {
  const script = join(ROOT, 'scripts/bench/embeddingPeer.py');
  const child: ChildProcess = spawn(
    given('SEALONG_BENCH_PYTHON'),
    [script, folder, String(maxTokens)],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('The Python peer has no pipes.');
  stdin.on('error', () => undefined);
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  const ask = async <T>(question: string, schema: z.ZodType<T>): Promise<T> => {
    stdin.write(`${question}\n`);
    const line = await lines.next();
    if (line.done === true) throw new Error('The Python peer ended.');
    return schema.parse(JSON.parse(line.value));
  };
  const greeting = z.object({ onnxruntime: z.string() });
  const { onnxruntime } = await ask(JSON.stringify(texts), greeting);
  const timesSchema = z.object({ wall_s: z.number(), cpu_s: z.number() });
  return {
    version: onnxruntime,
    run: async () => {
      const { wall_s: wall, cpu_s: cpu } = await ask('run', timesSchema);
      return { wall, cpu };
    },
    vectors: () => ask('vectors', z.array(z.array(z.number()))),
    stop: () => {
      stdin.end();
    },
  };
}

function largestDifference(ours: readonly Float32Array[], theirs: readonly number[][]): number {
  let largest = 0;
  for (const [text, vector] of ours.entries())
    for (const [d, value] of vector.entries())
      largest = Math.max(largest, Math.abs(value - (theirs[text]?.[d] ?? Infinity)));
  return largest;
}

const texts = await passages();
const folder = join(given('SEALONG_EMBEDDED'), 'embedding');
const embedder = await openLocalEmbedder({
  model: { folder },
  task: '',
  workers: 1,
  workerUrl: pathToFileURL(join(ROOT, 'dist/embeddingWorker.js')),
});
const peer = await startPeer(folder, embedder.maxTokens ?? Infinity, texts);
try {
  progress(`warming up, and comparing the vectors of ${TEXTS} texts`);
  const { vectors, tokens } = await embedAll(embedder, texts);
  const difference = largestDifference(vectors, await peer.vectors());
  if (!(difference < SAME))
    throw new Error(`The vectors differ by ${difference}: the two did not do the same work.`);
  const [ours, theirs]: [Run[], Run[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    const first = run % 2 === 0;
    if (first) ours.push(await timeOurs(embedder, texts));
    theirs.push(await peer.run());
    if (!first) ours.push(await timeOurs(embedder, texts));
    const rate = (of: Run[]) => (TEXTS / (of.at(-1)?.wall ?? NaN)).toFixed(1);
    progress(`run ${run + 1} of ${RUNS}: ${rate(ours)} texts/s, Python ${rate(theirs)} texts/s`);
  }
  const rates = (what: string, runs: readonly Run[], by: keyof Run) =>
    figureOf(
      what,
      by === 'wall' ? 'texts/s' : 'texts/CPU-s',
      runs.map((run) => TEXTS / run[by]),
    );
  const python = `onnxruntime ${peer.version} in Python, one thread`;
  report(
    (['wall', 'cpu'] as const).map((by) =>
      compare(
        by === 'wall' ? 'texts embedded a second' : 'texts embedded a second of CPU time',
        rates('this engine, one worker', ours, by),
        rates(python, theirs, by),
        'at least 0.95x',
      ),
    ),
    [
      `${TEXTS} texts of ${Math.min(...tokens)} to ${Math.max(...tokens)} tokens (median ${medianOf(tokens)}), one by one, all-MiniLM-L6-v2 in fp32. Largest difference of the vectors: ${difference.toExponential(1)}.`,
    ],
  );
} finally {
  peer.stop();
  await embedder.close();
}
