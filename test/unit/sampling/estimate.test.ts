import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  costOf,
  estimateSampling,
  isAbove,
  msOf,
  tokensOf,
} from '../../../src/sampling/estimate.ts';
import { amount, costText, estimateText } from '../../../src/sampling/estimateTexts.ts';

/** The paper's study: 2,048 questions over 18K tokens, 32 samples each. */
const paper = estimateSampling(
  Array.from({ length: 2048 }, () => ({ contextTokens: 18_400, missing: 32 })),
  { maxTokens: 1024 },
);
const rate = { samples_per_second: 6, prompt_tokens: 18_000 };

test('the estimate of the paper is said in a sentence', () => {
  assert.equal(
    estimateText(paper, { rate }),
    '65,536 samples, 38M prompt tokens if cached (1.2B if not), at most 67M completion tokens, about 3 h at the rate last measured',
  );
  assert.equal(
    estimateText(paper, { prefixCache: true }),
    '65,536 samples, 38M prompt tokens if cached, at most 67M completion tokens, time not known yet',
  );
  assert.match(
    estimateText(paper, { prefixCache: false }),
    /, 1\.2B prompt tokens, since the server caches none, /,
  );
});

test('only what is missing counts, and a question that has all its samples not at all', () => {
  const estimate = estimateSampling(
    [
      { contextTokens: 1000, missing: 2 },
      { contextTokens: 5000, missing: 0 },
      { contextTokens: 3000, missing: 1 },
    ],
    { maxTokens: 100 },
  );
  assert.equal(estimate.samples, 3);
  assert.equal(estimate.questions, 2);
  assert.equal(estimate.completionTokens, 300);
  const beside = estimate.promptTokens - 4000;
  assert.equal(estimate.uncachedPromptTokens, 5000 + 1.5 * beside);
  assert.equal(
    tokensOf(estimate, { prefixCache: false }),
    estimate.uncachedPromptTokens + estimate.completionTokens,
  );
});

test('cost is a range where the cache decides, and counts hits at their own price', () => {
  const prices = { prompt: 2.5, cached: 1.25, completion: 10, currency: 'USD' };
  const one = {
    samples: 4,
    questions: 1,
    promptTokens: 1e6,
    uncachedPromptTokens: 4e6,
    completionTokens: 1e5,
  };
  assert.deepEqual(costOf(one, { prices, prefixCache: true }), {
    low: 7.25,
    high: 7.25,
    currency: 'USD',
  });
  assert.deepEqual(costOf(one, { prices }), { low: 7.25, high: 11, currency: 'USD' });
  assert.deepEqual(costOf(one, { prices, prefixCache: false })?.low, 11);
  assert.equal(costOf(one, {}), undefined);
  assert.equal(
    costText({ low: 7.25, high: 11, currency: 'USD' }),
    'from 7.25 to at most 11.00 USD',
  );
  assert.equal(costText({ low: 0.004, high: 0.004, currency: '' }), 'at most 0.004');
});

test('a rate of prompts of another length says nothing of the time', () => {
  assert.equal(msOf(paper, { rate: { ...rate, prompt_tokens: 900 } }), undefined);
  assert.equal(Math.round((msOf(paper, { rate }) ?? 0) / 60_000), 182);
});

test('amounts are said with two digits', () => {
  assert.deepEqual(
    [0, 7, 950, 999.6, 1200, 38_000, 999_900, 1_200_000, 38_400_000, 2.1e9].map(amount),
    ['0', '7', '950', '1K', '1.2K', '38K', '1M', '1.2M', '38M', '2.1B'],
  );
});

test('a run is above a limit by its tokens, or by the most that it may cost', () => {
  const limits = { tokens: 1e6, cost: 1 };
  const small = estimateSampling([{ contextTokens: 500, missing: 8 }], { maxTokens: 96 });
  assert.ok(!isAbove(small, {}, limits));
  assert.ok(isAbove(paper, {}, limits));
  const prices = { prompt: 300, completion: 900 };
  assert.ok(isAbove(small, { prices }, limits), 'the cost counts where there are prices');
  assert.ok(isAbove(small, {}, { tokens: 0, cost: 1 }), 'zero always asks');
  const nothing = estimateSampling([], { maxTokens: 96 });
  assert.ok(!isAbove(nothing, { prices }, { tokens: 0, cost: 0 }), 'there is nothing to ask');
});
