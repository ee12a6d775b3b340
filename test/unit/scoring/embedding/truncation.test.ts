import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { specialTokensOf, truncate } from '../../../../src/scoring/embedding/truncation.ts';

const CLS = 101;
const SEP = 102;
const special = { before: [CLS], after: [SEP] };
const content = fc.array(fc.integer({ min: 200, max: 30_000 }), { maxLength: 40 });

test('the special tokens around a text are found from a probe', () => {
  assert.deepEqual(specialTokensOf([CLS, 5, SEP], [5]), special);
  assert.deepEqual(specialTokensOf([7, 7, SEP], [7]), { before: [], after: [7, SEP] });
  assert.deepEqual(specialTokensOf([5, 6], [5, 6]), { before: [], after: [] });
  assert.deepEqual(specialTokensOf([CLS, SEP], []), { before: [], after: [CLS, SEP] });
});

test('a text that fits is whole, one that does not keeps its beginning and the closing token', () => {
  fc.assert(
    fc.property(content, fc.integer({ min: 3, max: 40 }), (ids, maxTokens) => {
      const result = truncate(ids, special, maxTokens);
      assert.equal(result.tokens, ids.length + 2);
      assert.equal(result.truncated, ids.length + 2 > maxTokens);
      assert.equal(result.ids.length, Math.min(ids.length + 2, maxTokens));
      assert.equal(result.ids[0], CLS);
      assert.equal(result.ids.at(-1), SEP);
      assert.deepEqual(result.ids.slice(1, -1), ids.slice(0, result.ids.length - 2));
    }),
    { seed: 42 },
  );
});

test('a model without a limit cuts nothing', () => {
  assert.deepEqual(truncate([1, 2, 3], special, null), {
    ids: [CLS, 1, 2, 3, SEP],
    tokens: 5,
    truncated: false,
  });
});
