import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { openLocalEmbedder } from '../../src/scoring/embedding/localEmbedder.ts';
import { mbrBertScoreScorer } from '../../src/scoring/mbrBertScore.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { compare, figureOf, given, report } from './comparison.ts';
import { passageTexts } from './passages.ts';
import { inTurns, startPeer, timed, type Run } from './peer.ts';

/**
 * The utilities of one question of 32 trajectories, beside bert_score, which is given each pair once: with the threads that
 * it takes by itself, of which much CPU time goes into waiting for one another, and held to one thread.
 */
const N = 32;
const WORDS = 158;
const STRIDE = 75;
const RUNS = 5;
/** Padding in batches changes the last digits of bert_score's own values. */
const SAME = 1e-4;

const { signal } = new AbortController();
const texts = await passageTexts(N, WORDS, STRIDE);
const embedder = await openLocalEmbedder({
  model: { folder: join(given('SEALONG_EMBEDDED'), 'embedding') },
  task: '',
  workers: 1,
  workerUrl: pathToFileURL(join(ROOT, 'dist/embeddingWorker.js')),
});
const scorer = mbrBertScoreScorer(embedder, 'sealong.json');
const limit = String(embedder.maxTokens ?? Infinity);
const args = [given('SEALONG_BENCH_MODEL'), limit];
const peer = await startPeer('bertScorePeer', args, texts, 'default');
const single = await startPeer('bertScorePeer', args, texts);
try {
  const ours = () => scorer.score({ questionId: 'bench', texts }, signal);
  const { matrix } = await ours();
  await peer.run();
  await single.run();
  const theirs = await peer.result(z.array(z.number()));
  let [difference, at] = [0, 0];
  for (let i = 0; i < N; i++)
    for (let j = i; j < N; j++) {
      const value = matrix?.[i * N + j] ?? NaN;
      difference = Math.max(difference, Math.abs(value - (theirs[at++] ?? Infinity)));
    }
  if (!(difference < SAME)) throw new Error(`F1 differs by ${difference}.`);
  const runs = await inTurns(RUNS, {
    ours: () => timed(ours),
    theirs: peer.run,
    theirsOnOneThread: single.run,
  });
  const rate = (what: string, of: readonly Run[]) =>
    figureOf(
      what,
      'questions/CPU-s',
      of.map(({ cpu }) => 1 / cpu),
    );
  const beside = (how: string, of: readonly Run[], ...aim: string[]) =>
    compare(
      `BERTScore of ${N} texts with one another a second of CPU time, ${how}`,
      rate('this engine, one worker', runs.ours),
      rate(`${peer.versions} in Python`, of),
      ...aim,
    );
  report(
    [
      beside('beside bert_score as it is', runs.theirs, 'at least 2x'),
      beside('beside bert_score on one thread', runs.theirsOnOneThread),
    ],
    [
      `${N} texts of ${WORDS} words, all-MiniLM-L6-v2 in fp32, F1 without idf. Largest difference: ${difference.toExponential(1)}.`,
    ],
  );
} finally {
  peer.stop();
  single.stop();
  await scorer.close();
}
