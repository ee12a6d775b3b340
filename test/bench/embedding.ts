import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { Embedder } from '../../src/scoring/embedding/embedder.ts';
import { openLocalEmbedder } from '../../src/scoring/embedding/localEmbedder.ts';
import { ROOT } from '../e2e/support/requirements.ts';
import { compare, figureOf, given, medianOf, progress, report } from './comparison.ts';
import { passageTexts } from './passages.ts';
import { inTurns, startPeer, timed, type Run } from './peer.ts';

/** Texts a second of the engine, on one thread, beside onnxruntime and sentence-transformers in Python. */
const TEXTS = 64;
/** Of the demo's passages this many words come to about 195 tokens. */
const WORDS = 158;
const STRIDE = 75;
const RUNS = 7;
/** The tokenizers, the kernels and the pooling are not the same code; the vectors are to be. */
const SAME = 1e-4;

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

function largestDifference(ours: readonly Float32Array[], theirs: readonly number[][]): number {
  let largest = 0;
  for (const [text, vector] of ours.entries())
    for (const [d, value] of vector.entries())
      largest = Math.max(largest, Math.abs(value - (theirs[text]?.[d] ?? Infinity)));
  return largest;
}

const texts = await passageTexts(TEXTS, WORDS, STRIDE);
const folder = join(given('SEALONG_EMBEDDED'), 'embedding');
const embedder = await openLocalEmbedder({
  model: { folder },
  task: '',
  workers: 1,
  workerUrl: pathToFileURL(join(ROOT, 'dist/embeddingWorker.js')),
});
const limit = String(embedder.maxTokens ?? Infinity);
const ort = await startPeer('onnxruntimePeer', [folder, limit], texts);
const st = await startPeer('sentenceTransformersPeer', [given('SEALONG_BENCH_MODEL')], texts);
try {
  progress(`warming up, and comparing the vectors of ${TEXTS} texts`);
  const { vectors, tokens } = await embedAll(embedder, texts);
  const differences: number[] = [];
  for (const peer of [ort, st]) {
    await peer.run();
    const theirs = await peer.result(z.array(z.array(z.number())));
    differences.push(largestDifference(vectors, theirs));
  }
  if (!differences.every((difference) => difference < SAME))
    throw new Error(`The vectors differ by ${differences.join(', ')}: not the same work was done.`);
  const { ours, onnxruntime, sentenceTransformers } = await inTurns(RUNS, {
    ours: () => timed(() => embedAll(embedder, texts)),
    onnxruntime: ort.run,
    sentenceTransformers: st.run,
  });
  const rates = (what: string, runs: readonly Run[], by: keyof Run) =>
    figureOf(
      what,
      by === 'wall' ? 'texts/s' : 'texts/CPU-s',
      runs.map((run) => TEXTS / run[by]),
    );
  const beside = (name: string, versions: string, runs: readonly Run[], aim: string) =>
    (['wall', 'cpu'] as const).map((by) =>
      compare(
        `texts embedded a second${by === 'cpu' ? ' of CPU time' : ''}, beside ${name}`,
        rates('this engine, one worker', ours, by),
        rates(`${versions} in Python, one thread`, runs, by),
        aim,
      ),
    );
  report(
    [
      ...beside('onnxruntime', ort.versions, onnxruntime, 'at least 0.95x'),
      ...beside('sentence-transformers', st.versions, sentenceTransformers, 'at least 1.25x'),
    ],
    [
      `${TEXTS} texts of ${Math.min(...tokens)} to ${Math.max(...tokens)} tokens (median ${medianOf(tokens)}), all-MiniLM-L6-v2 in fp32; one by one, sentence-transformers in its batches of 32. Largest difference of the vectors: ${differences.map((of) => of.toExponential(1)).join(' and ')}.`,
    ],
  );
} finally {
  ort.stop();
  st.stop();
  await embedder.close();
}
