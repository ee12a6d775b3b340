import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { after, describe, test } from 'node:test';
import { z } from 'zod';
import { openLocalEmbedder } from '../../../../src/scoring/embedding/localEmbedder.ts';
import { mbrBertScoreScorer } from '../../../../src/scoring/mbrBertScore.ts';
import type { Scorer } from '../../../../src/scoring/scorer.ts';

const workerUrl = new URL('../../../../src/scoring/embedding/embeddingWorker.ts', import.meta.url);
const here = (name: string) => join(import.meta.dirname, name);
const { signal } = new AbortController();

const WORDS = 'the river town has one mill and three old bridges over its dark water'.split(' ');

/** The same texts as `words` of makeReference.py makes. */
function words(count: number): string {
  return Array.from({ length: count }, (_, at) => WORDS[(at * at) % WORDS.length]).join(' ');
}

const embedded = process.env['SEALONG_EMBEDDED'];
const folder = join(embedded ?? '', 'embedding');
const skip =
  embedded === undefined
    ? 'SEALONG_EMBEDDED names no folder with the embedded models'
    : !existsSync(folder) && `${folder} does not exist`;

describe('BERTScore by the embedded model', { skip }, () => {
  const opened: Scorer[] = [];
  async function open(workers: number): Promise<Scorer> {
    const options = { model: { folder }, task: 'text-matching', workers, workerUrl };
    const scorer = mbrBertScoreScorer(await openLocalEmbedder(options), 'sealong.json');
    opened.push(scorer);
    return scorer;
  }
  let shared: Promise<Scorer> | undefined;
  const single = () => (shared ??= open(1));
  after(() => Promise.all(opened.map((scorer) => scorer.close())));
  const scored = async (texts: string[]) =>
    (await single()).score({ questionId: 'a', texts }, signal);

  test('gives the F1 of bert_score, also of truncated texts', async () => {
    const reference = z
      .object({ names: z.array(z.string()), f1: z.array(z.array(z.number())) })
      .parse(JSON.parse(readFileSync(here('reference.json'), 'utf8')));
    const named = z
      .record(z.string(), z.union([z.string(), z.number()]))
      .parse(JSON.parse(readFileSync(here('../embedding/texts.json'), 'utf8')));
    assert.deepEqual(Object.keys(named), reference.names);
    const texts = Object.values(named).map((text) =>
      typeof text === 'number' ? words(text) : text,
    );
    const { scores, matrix, truncated } = await scored(texts);
    let worst = 0;
    for (const [i, row] of reference.f1.entries()) {
      const mean = row.reduce((sum, value) => sum + value) / row.length;
      worst = Math.max(worst, Math.abs((scores[i] ?? NaN) - mean));
      for (const [j, expected] of row.entries())
        worst = Math.max(worst, Math.abs((matrix?.[i * texts.length + j] ?? NaN) - expected));
    }
    assert.ok(worst < 1e-5, `the largest difference is ${worst}`);
    assert.deepEqual(
      truncated.map((position) => reference.names[position]),
      ['one too many', 'long'],
    );
  });

  test('gives the same numbers whatever the number of workers', async () => {
    const texts = Array.from({ length: 9 }, (_, at) => words(3 + at * 30));
    const one = await scored(texts);
    const three = await (await open(3)).score({ questionId: 'a', texts }, signal);
    assert.deepEqual(three, one);
  });

  test('empty texts have 0, a single text 1, and equal texts equal scores', async () => {
    assert.deepEqual((await scored(['', ''])).scores, [0, 0]);
    const [alone = NaN] = (await scored(['One mill.'])).scores;
    assert.ok(Math.abs(alone - 1) < 1e-6);
    const { scores } = await scored(['One mill.', 'Two bridges.', 'One mill.', '']);
    assert.equal(scores[0], scores[2]);
    assert.notEqual(scores[0], scores[1]);
    assert.equal(scores[3], 0);
    assert.ok(new Set((await scored(['Same.', 'Same.', 'Same.'])).scores).size === 1);
  });

  test('leaves the event loop free, and ends when it is aborted', async () => {
    const texts = Array.from({ length: 12 }, (_, at) => words(60 + at));
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await scored(texts);
    delay.disable();
    // 50 ms is the aim; a busy machine may take a thread away for a while.
    assert.ok(delay.percentile(50) / 1e6 < 50, `the median delay is ${delay.percentile(50) / 1e6}`);
    assert.ok(delay.percentile(99) / 1e6 < 200, `1 in 100 is above ${delay.percentile(99) / 1e6}`);
    const abort = new AbortController();
    const scorer = await single();
    const running = scorer.score({ questionId: 'a', texts }, abort.signal);
    abort.abort(new Error('enough'));
    await assert.rejects(running, /enough/);
    assert.equal((await scored(['again'])).scores.length, 1);
  });
});
