import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passageReferences } from '../../../../../webview/questionPanel/texts/passageReferences.ts';

test('passages are found singly and in lists, and only those that there are', () => {
  const text = 'Passage 3 says so, passages 1, 2 and 14 agree; Passage 99 does not exist.';
  const found = passageReferences(text, 14);
  assert.deepEqual(
    found.map(({ number, start, end }) => [number, text.slice(start, end)]),
    [
      [3, 'Passage 3'],
      [1, 'passages 1'],
      [2, '2'],
      [14, '14'],
    ],
  );
  assert.deepEqual(passageReferences('In passage', 14), []);
});
