import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { wordDiff } from '../../../../../webview/questionPanel/texts/wordDiff.ts';

test('only the words that differ are parts of their own', () => {
  assert.deepEqual(wordDiff('The answer is Thomas Wye.', 'The answer is Ada Wye.'), [
    { kind: 'same', text: 'The answer is ' },
    { kind: 'left', text: 'Thomas' },
    { kind: 'right', text: 'Ada' },
    { kind: 'same', text: ' Wye.' },
  ]);
});

const words = fc.array(fc.constantFrom('a', 'b', ' ', '.', '\n', 'é1'), { maxLength: 30 });

test('the parts of either side are its text again, and equal texts are one part', () => {
  fc.assert(
    fc.property(words, words, (a, b) => {
      const [left, right] = [a.join(''), b.join('')];
      const parts = wordDiff(left, right);
      const without = (kind: string) =>
        parts
          .filter((part) => part.kind !== kind)
          .map(({ text }) => text)
          .join('');
      assert.equal(without('right'), left);
      assert.equal(without('left'), right);
      assert.equal(wordDiff(left, left).length, left === '' ? 0 : 1);
    }),
  );
});
