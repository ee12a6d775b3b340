import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { createReadStream } from 'node:fs';
import { promisify } from 'node:util';
import { z } from 'zod';
import { seededRandom } from '../../src/random.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { writeCollection } from '../support/largeCollection.ts';
import { compare, figureOf, given, progress, report } from './comparison.ts';

/** Contexts at the paper's lengths, made by the command and by a Python script on the same files, each from nothing. */
const QUESTIONS = 2048;
const RANGE = { min: 4096, max: 31744 };
const RUNS = 3;
/** Every so many contexts, what the command counted is counted again as a whole. */
const CHECKED_EVERY = 256;
const COLLECTIONS_MB = { large: 2048, small: 205 };
const MEMORY_QUESTIONS = 64;
const MB = 1024 * 1024;

const passageSchema = z.object({ title: z.string(), text: z.string() });
type Passage = z.infer<typeof passageSchema>;

/** The public passages beside the checkout, where they are; else passages made of the demo's sentences. */
async function passages(folder: string): Promise<{ path: string; all: Passage[]; from: string }> {
  const shared = resolve(ROOT, '../shared/data/wikipedia-passages.jsonl');
  if (existsSync(shared))
    return { path: shared, all: await readPassages(shared), from: 'Wikipedia passages' };
  const random = seededRandom('synthesis bench');
  const demo = await readPassages(join(ROOT, 'demo/passages.jsonl'));
  const sentences = demo.flatMap(({ text }) => text.split(/(?<=\.)\s+/));
  const all = Array.from({ length: 6000 }, (_, n) => ({
    title: `Passage ${n} of the bench`,
    text: Array.from(
      { length: 3 + random.below(5) },
      () => sentences[random.below(sentences.length)],
    ).join(' '),
  }));
  const path = join(folder, 'passages.jsonl');
  await writeFile(path, all.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return { path, all, from: 'passages made of the demo' };
}

async function readPassages(path: string): Promise<Passage[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter(Boolean);
  return lines.map((line) => passageSchema.parse(JSON.parse(line)));
}

async function writeQuestions(path: string, all: readonly Passage[], count: number): Promise<void> {
  const random = seededRandom('synthesis bench questions');
  const rows = Array.from({ length: count }, (_, n) => {
    const related = Array.from(
      { length: 2 + random.below(3) },
      () => all[random.below(all.length)],
    );
    const documents = [...new Set(related)].map((one) => ({ ...one, related: true }));
    return `${JSON.stringify({ id: `q${n}`, question: `Question ${n}?`, documents })}\n`;
  });
  await writeFile(path, rows.join(''));
}

interface Run {
  seconds: number;
  peakMb: number;
  said: string;
}

/** Runs a command to its end, looking at its memory meanwhile. */
async function run(command: string, args: readonly string[]): Promise<Run> {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [said, failed, peakKb] = ['', '', 0];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (failed += text));
  const look = setInterval(() => {
    void readFile(`/proc/${String(child.pid)}/status`, 'utf8').then(
      (status) => {
        peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
      },
      () => undefined,
    );
  }, 50);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  clearInterval(look);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${failed}`);
  return { seconds: (performance.now() - start) / 1e3, peakMb: peakKb / 1024, said };
}

const summarySchema = z.object({
  questions: z.number(),
  context_tokens: z.object({ mean: z.number() }),
});

/** A study made anew, so that nothing is remembered from the run before. */
async function synthesize(
  folder: string,
  files: { questions: string; collection: string; tokenizer: string },
  count: number,
): Promise<Run & { summary: z.infer<typeof summarySchema>; questions: string }> {
  const study = await mkdtemp(join(folder, 'study-'));
  const command = (...args: string[]) =>
    run(given('SEALONG_NODE'), [join(ROOT, 'dist/sealong.js'), ...args]);
  const settings = [
    `questions.tokenizer=${files.tokenizer}`,
    `questions.count=${count}`,
    `questions.min_context_tokens=${RANGE.min}`,
    `questions.max_context_tokens=${RANGE.max}`,
  ];
  await command('init', study, ...settings.flatMap((one) => ['--set', one]));
  const { questions: from, collection } = files;
  const made = await command('synthesize', study, '--from', from, '--distractors', collection);
  const summary = summarySchema.parse(JSON.parse(made.said));
  if (summary.questions !== count)
    throw new Error(`Only ${summary.questions} questions were made.`);
  return { ...made, summary, questions: join(study, 'questions.jsonl') };
}

/** @throws Error where a count is not that of the whole context. */
async function checkCounts(questions: string, tokenizer: string): Promise<void> {
  const counted: number[] = [];
  let line = 0;
  const schema = z.object({ context_tokens: z.number() });
  for await (const text of createInterface({ input: createReadStream(questions) }))
    if (line++ % CHECKED_EVERY === 0) counted.push(schema.parse(JSON.parse(text)).context_tokens);
  const peer = await promisify(execFile)(given('SEALONG_BENCH_PYTHON'), [
    ...[join(ROOT, 'scripts/bench/synthesisPeer.py'), 'count', tokenizer, questions],
    String(CHECKED_EVERY),
  ]);
  const whole = z.array(z.number()).parse(JSON.parse(peer.stdout));
  if (JSON.stringify(counted) !== JSON.stringify(whole))
    throw new Error(`Counted ${counted.join(', ')}; as a whole, ${whole.join(', ')}.`);
}

const folder = await mkdtemp(join(tmpdir(), 'sealong-bench-'));
try {
  const tokenizer = join(given('SEALONG_EMBEDDED'), 'chat/tokenizer.json');
  const { path: collection, all, from } = await passages(folder);
  const questions = join(folder, 'questions.jsonl');
  await writeQuestions(questions, all, QUESTIONS);
  const [ours, theirs]: [Run[], Run[]] = [[], []];
  let mean = 0;
  const runOurs = async () => {
    const made = await synthesize(folder, { questions, collection, tokenizer }, QUESTIONS);
    if (ours.length === 0) await checkCounts(made.questions, tokenizer);
    ours.push(made);
    mean = made.summary.context_tokens.mean;
    await rm(made.questions);
  };
  const peer = [join(ROOT, 'scripts/bench/synthesisPeer.py'), 'grow', tokenizer, questions];
  const out = join(folder, 'peer.jsonl');
  const runTheirs = async () => {
    const args = [...peer, collection, out, String(RANGE.min), String(RANGE.max)];
    theirs.push(await run(given('SEALONG_BENCH_PYTHON'), args));
  };
  for (let turn = 0; turn < RUNS; turn++) {
    for (const each of turn % 2 === 0 ? [runOurs, runTheirs] : [runTheirs, runOurs]) await each();
    const seconds = (of: readonly Run[]) => (of.at(-1)?.seconds ?? NaN).toFixed(1);
    progress(`run ${turn + 1} of ${RUNS}: ${seconds(ours)} s, Python ${seconds(theirs)} s`);
  }

  const peaks: Record<'large' | 'small', number[]> = { large: [], small: [] };
  const few = join(folder, 'few.jsonl');
  await writeQuestions(few, all, MEMORY_QUESTIONS);
  for (const size of ['small', 'large'] as const) {
    const path = join(folder, `${size}.jsonl`);
    await writeCollection(path, COLLECTIONS_MB[size] * MB);
    const files = { questions: few, collection: path, tokenizer };
    const { peakMb, seconds } = await synthesize(folder, files, MEMORY_QUESTIONS);
    peaks[size].push(peakMb);
    progress(
      `${COLLECTIONS_MB[size]} MB: at most ${peakMb.toFixed(0)} MB, ${seconds.toFixed(1)} s`,
    );
    await rm(path);
  }

  const times = (what: string, runs: readonly Run[]) =>
    figureOf(
      what,
      's',
      runs.map(({ seconds }) => seconds),
    );
  report(
    [
      compare(
        `${QUESTIONS} contexts of ${RANGE.min} to ${RANGE.max} tokens`,
        times('sealong synthesize (aim: under 90 s)', ours),
        times('a Python script with HuggingFace tokenizers', theirs),
        'at most 2x',
      ),
      compare(
        'memory with ten times the collection',
        figureOf(
          `MB at most, ${COLLECTIONS_MB.large} MB of documents (aim: under 600)`,
          'MB',
          peaks.large,
        ),
        figureOf(`MB at most, ${COLLECTIONS_MB.small} MB of documents`, 'MB', peaks.small),
        'near 1x',
      ),
    ],
    [
      `Both read the same questions and ${all.length} ${from}, tokenise each document once with the tokenizer of SmolLM2, and write contexts of ${mean.toFixed(0)} tokens in the mean, from process start to end. Every ${CHECKED_EVERY}th context was counted again as a whole: no difference.`,
    ],
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
