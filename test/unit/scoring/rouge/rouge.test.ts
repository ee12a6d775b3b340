import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { z } from 'zod';
import { rougeUtilities, type RougeOptions } from '../../../../src/scoring/rouge/rouge.ts';
import { pair, word, Xorshift } from './generator.ts';

const TYPES = ['rouge1', 'rouge2', 'rougeL'] as const;
const VARIANTS: readonly RougeOptions[] = [false, true].flatMap((rouge_stemming) =>
  TYPES.map((rouge) => ({ rouge, rouge_stemming })),
);
const { signal } = new AbortController();

describe('against rouge_score', () => {
  const file = (name: string) => readFileSync(join(import.meta.dirname, name));
  const bytes = gunzipSync(file('reference.gz'));
  const expected = (pairAt: number, variant: number) =>
    bytes.readDoubleLE((pairAt * VARIANTS.length + variant) * 8);
  const texts = Object.values(
    z.record(z.string(), z.string()).parse(JSON.parse(file('texts.json').toString('utf8'))),
  );
  const realPairs = (texts.length * (texts.length + 1)) / 2;

  test('sampled, unicode, empty and punctuation-only texts agree to 1e-9', async () => {
    for (const [variant, options] of VARIANTS.entries()) {
      const utilities = await rougeUtilities(texts, options, signal);
      let pairAt = 0;
      for (let i = 0; i < texts.length; i++)
        for (let j = i; j < texts.length; j++) {
          const difference = (utilities[i * texts.length + j] ?? NaN) - expected(pairAt++, variant);
          assert.ok(Math.abs(difference) < 1e-9, `${options.rouge}: texts ${i} and ${j}`);
        }
    }
  });

  test('1,500 generated pairs agree to 1e-9', async () => {
    const random = new Xorshift(2411);
    assert.equal(bytes.length, (realPairs + 1500) * VARIANTS.length * 8);
    for (let at = 0; at < 1500; at++) {
      const made = pair(random);
      for (const [variant, options] of VARIANTS.entries()) {
        const utilities = await rougeUtilities(made, options, signal);
        const difference = (utilities[1] ?? NaN) - expected(realPairs + at, variant);
        assert.ok(Math.abs(difference) < 1e-9, `${options.rouge}: generated pair ${at}`);
      }
    }
  });
});

test('ROUGE-L is what the table of dynamic programming gives, over the borders of words of bits', async () => {
  const tokens = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 130 });
  await fc.assert(
    fc.asyncProperty(tokens, tokens, async (a, b) => {
      const options = { rouge: 'rougeL', rouge_stemming: false } as const;
      const utilities = await rougeUtilities([a.join(' '), b.join(' ')], options, signal);
      const common = commonLength(a, b);
      const [p, r] = [common / a.length, common / b.length];
      assert.ok(Math.abs((utilities[1] ?? NaN) - (common && (2 * p * r) / (p + r))) < 1e-12);
      assert.equal(utilities[1], utilities[2]);
      assert.equal(utilities[0], 1);
    }),
    { seed: 7, numRuns: 300 },
  );
});

function commonLength(a: readonly string[], b: readonly string[]): number {
  let above = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const row = [0];
    for (const [j, y] of b.entries())
      row.push(x === y ? (above[j] ?? 0) + 1 : Math.max(above[j + 1] ?? 0, row[j] ?? 0));
    above = row;
  }
  return above.at(-1) ?? 0;
}

test('128 texts of 1,024 words let the event loop turn in between', async () => {
  const random = new Xorshift(1);
  const vocabulary = Array.from({ length: 800 }, () => word(random));
  const texts = Array.from({ length: 128 }, () =>
    Array.from({ length: 1024 }, () => random.of(vocabulary)).join(' '),
  );
  let turns = 0;
  let over = false;
  const turn = () => {
    turns += 1;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  await rougeUtilities(texts, { rouge: 'rougeL', rouge_stemming: true }, signal);
  over = true;
  assert.ok(turns > 3, `${turns} turns`);
});

test('ends when it is aborted', async () => {
  const texts = Array.from({ length: 400 }, (_, at) => `word${at} `.repeat(600));
  const abort = new AbortController();
  setTimeout(() => {
    abort.abort(new Error('enough'));
  }, 5);
  await assert.rejects(
    rougeUtilities(texts, { rouge: 'rougeL', rouge_stemming: false }, abort.signal),
    /enough/,
  );
});
