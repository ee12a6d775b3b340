import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { TokenVectors } from '../../../src/protocol/embedding.ts';
import { matchTokens } from '../../../src/scoring/bertScore/matchTokens.ts';
import { RowProducts } from '../../../src/scoring/bertScore/rowProducts.ts';
import type { Embedder } from '../../../src/scoring/embedding/embedder.ts';
import { mbrBertScoreScorer } from '../../../src/scoring/mbrBertScore.ts';
import { SealongError } from '../../../src/errors.ts';
import { seededRandom } from '../../../src/random.ts';

const products = RowProducts.open();
after(async () => {
  await (await products).dispose();
});

function randomText(tokens: number, seed: number): TokenVectors {
  const dimensions = 8;
  const random = seededRandom(seed, tokens);
  const vectors = new Float32Array(tokens * dimensions).map(() => random.below(2001) / 1000 - 1);
  for (let start = 0; start < vectors.length; start += dimensions) {
    const row = vectors.subarray(start, start + dimensions);
    const length = Math.hypot(...row);
    row.forEach((value, d) => (row[d] = value / length));
  }
  const weights = Uint8Array.from({ length: tokens }, (_, at) =>
    at === 0 || at === tokens - 1 ? 0 : 1,
  );
  return { vectors, dimensions, weights };
}

/** The definition, token by token. */
function plainF1(candidate: TokenVectors, reference: TokenVectors): number {
  const dot = (a: TokenVectors, i: number, b: TokenVectors, j: number) => {
    let sum = 0;
    for (let d = 0; d < a.dimensions; d++)
      sum += (a.vectors[i * a.dimensions + d] ?? NaN) * (b.vectors[j * b.dimensions + d] ?? NaN);
    return sum;
  };
  const side = (a: TokenVectors, b: TokenVectors) => {
    let sum = 0;
    let count = 0;
    for (const [i, weight] of a.weights.entries()) {
      const similarities = Array.from(b.weights, (_, j) => dot(a, i, b, j));
      sum += weight * Math.max(...similarities);
      count += weight;
    }
    return sum / count;
  };
  const [p, r] = [side(candidate, reference), side(reference, candidate)];
  return (2 * p * r) / (p + r);
}

test('matches as the definition says, over the borders of blocks', async () => {
  const candidate = randomText(520, 1);
  const references = [5, 900, 1200, 3, 2100, 40].map((tokens) => randomText(tokens, 2));
  const f1 = await matchTokens(await products, candidate, references);
  for (const [place, reference] of references.entries())
    assert.ok(Math.abs((f1[place] ?? NaN) - plainF1(candidate, reference)) < 1e-5, `${place}`);
});

test('a text of special tokens alone has 0 with every text', async () => {
  const [empty, other] = [randomText(2, 1), randomText(9, 1)];
  assert.deepEqual([...(await matchTokens(await products, empty, [empty, other]))], [0, 0]);
  assert.equal((await matchTokens(await products, other, [empty]))[0], 0);
});

test('a model behind a server is refused with what to do, and closed', () => {
  let closed = false;
  const embedder: Embedder = {
    id: 'server',
    maxTokens: null,
    embed: () => {
      throw new Error('not asked');
    },
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
  assert.throws(
    () => mbrBertScoreScorer(embedder, 'sealong.json'),
    (error: unknown) => error instanceof SealongError && error.code === 'no_token_vectors',
  );
  assert.ok(closed);
});
