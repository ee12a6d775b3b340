import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { reviewerName } from '../../../src/editor/reviewerName.ts';

test('names of people stay readable', () => {
  assert.equal(reviewerName('  Jürgen Müller '), 'Jürgen-Müller');
  assert.equal(reviewerName('anna.k'), 'anna.k');
  assert.equal(reviewerName(''), 'reviewer');
  assert.equal(reviewerName('../../etc/passwd'), 'etc-passwd');
  assert.equal(reviewerName('con'), 'con-reviewer');
});

test('whatever is written gives a plain file name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (raw) => {
      const name = reviewerName(raw);
      assert.match(name, /^[\p{L}\p{M}\p{N}_][\p{L}\p{M}\p{N}._-]*$/u);
      assert.ok(!name.endsWith('.'));
    }),
    { seed: 3 },
  );
});
