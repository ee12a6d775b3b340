import assert from 'node:assert/strict';
import { test } from 'node:test';
import { normalizeAnswer, subEm } from '../../../src/evaluation/subEm.ts';

test('normalises in the order of the metric', () => {
  assert.equal(normalizeAnswer('  The Quick, brown-fox!\n'), 'quick brownfox');
  assert.equal(normalizeAnswer('A. An the theatre'), 'theatre');
  assert.equal(normalizeAnswer('éa the\u0085x\u00a0y'), 'éa x y');
  assert.equal(normalizeAnswer('the-a'), 'thea', 'punctuation goes before articles');
});

test('is 1 where any gold answer is a part of the output', () => {
  assert.equal(subEm('So it was Thomas Wye, in 1892.', ['Ada', 'thomas wye']), 1);
  assert.equal(subEm('So it was Thomas.', ['Thomas Wye']), 0);
  assert.equal(subEm('anything', ['The']), 0, 'an answer of which nothing is left matches nothing');
  assert.equal(subEm('anything', []), 0);
});
