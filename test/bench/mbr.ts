import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';
import { samplingOf } from '../../src/sampling/parameters.ts';
import { openLocalEmbedder } from '../../src/scoring/embedding/localEmbedder.ts';
import { score } from '../../src/scoring/score.ts';
import { runStage } from '../../src/stage.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { studyWith, trajectoryRecord, writeRecords } from '../support/study.ts';
import { compare, figureOf, given, progress, report } from './comparison.ts';
import { passageTexts } from './passages.ts';
import { inTurns, startPeer, timed, type Run } from './peer.ts';

/**
 * All that `sealong score` does for a study by sentence embeddings (reading the texts, embedding, utilities, writing scores,
 * matrices and vectors), beside mbrs with a metric of its own interface for the same embeddings, which writes nothing.
 */
const QUESTIONS = 64;
const N = 32;
/** About 60 tokens. */
const WORDS = 48;
const STRIDE = 7;
const RUNS = 3;
const SAME = 1e-4;

const texts = await passageTexts(QUESTIONS * N, WORDS, STRIDE);
const questions = Array.from({ length: QUESTIONS }, (_, at) => texts.slice(at * N, (at + 1) * N));
const folder = await mkdtemp(join(tmpdir(), 'sealong-mbr-'));
const scoresSchema = z.object({ scores: z.array(z.number()) });
let studies = 0;

/** Scores a new study of the texts: nothing is in a cache. Making it is not timed. */
async function ours(): Promise<Run & { file: string }> {
  const ids = questions.map((_, at) => `q-${at}`);
  const dir = join(folder, `study-${studies++}`);
  const study = await studyWith(dir, ids, [`sampling.n=${N}`]);
  const { hash: sampling } = await samplingOf(study);
  await writeRecords(
    study.paths.trajectories,
    questions.flatMap((of, at) =>
      of.map((text, index) => trajectoryRecord(ids[at] ?? '', index, text, { sampling })),
    ),
  );
  const ports = {
    clock: systemClock,
    openEmbedder: () =>
      openLocalEmbedder({
        model: { folder: join(given('SEALONG_EMBEDDED'), 'embedding') },
        task: '',
        workers: 1,
        workerUrl: pathToFileURL(join(ROOT, 'dist/embeddingWorker.js')),
      }),
    openChat: () => {
      throw new Error('Embeddings ask no model.');
    },
  };
  const { signal } = new AbortController();
  const run = await timed(() => runStage(score(study, ports, { signal }), () => undefined));
  return { ...run, file: study.paths.scoreFile('mbr_embedding') };
}

const peer = await startPeer('mbrsPeer', [given('SEALONG_BENCH_MODEL')], questions);
try {
  progress(`comparing the winners of ${QUESTIONS} questions`);
  const { file } = await ours();
  const lines = (await readFile(file, 'utf8')).split('\n').filter(Boolean);
  const scores = lines.map((line) => scoresSchema.parse(JSON.parse(line)).scores);
  await peer.run();
  const theirs = await peer.result(z.array(z.object({ winner: z.number(), score: z.number() })));
  let [same, difference] = [0, 0];
  for (const [at, { winner, score: best }] of theirs.entries()) {
    const mine = scores[at] ?? [];
    if (mine.indexOf(Math.max(...mine)) === winner) same += 1;
    difference = Math.max(difference, Math.abs((mine[winner] ?? Infinity) - best));
  }
  if (!(difference < SAME)) throw new Error(`The scores differ by ${difference}.`);
  const runs = await inTurns(RUNS, { ours, theirs: peer.run });
  const rate = (what: string, of: readonly Run[], by: keyof Run) =>
    figureOf(
      what,
      by === 'wall' ? 'questions/s' : 'questions/CPU-s',
      of.map((run) => QUESTIONS / run[by]),
    );
  report(
    (['wall', 'cpu'] as const).map((by) =>
      compare(
        `MBR of ${QUESTIONS} questions x ${N}${by === 'cpu' ? ', by CPU time' : ''}`,
        rate('this engine, one worker', runs.ours, by),
        rate(`${peer.versions} in Python, one thread`, runs.theirs, by),
      ),
    ),
    [
      `Texts of ${WORDS} words, all-MiniLM-L6-v2 in fp32. Same winner in ${same} of ${QUESTIONS}; largest difference of a score ${difference.toExponential(1)}.`,
    ],
  );
} finally {
  peer.stop();
  await rm(folder, { recursive: true });
}
