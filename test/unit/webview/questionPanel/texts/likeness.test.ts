import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  likenessOf,
  wordedSentences,
} from '../../../../../webview/questionPanel/texts/likeness.ts';

const LEFT =
  'Marta Quill built the lighthouse. She taught at Saint Orla College. Thomas Wye founded it.';
const RIGHT =
  'Marta Quill built the lighthouse. She lectured at the Lantern Guild. Ada Morven gave money.';

test('the sentences most alike are found in both texts, and in each the one least like the other', () => {
  const { left, right } = likenessOf(LEFT, RIGHT);
  const of = (text: string, span: { start: number; end: number } | undefined) =>
    span && text.slice(span.start, span.end);
  assert.equal(of(LEFT, left?.most), 'Marta Quill built the lighthouse.');
  assert.equal(of(RIGHT, right?.most), 'Marta Quill built the lighthouse.');
  assert.equal(of(LEFT, left?.least), 'She taught at Saint Orla College.');
  assert.equal(of(RIGHT, right?.least), 'Ada Morven gave money.');
});

test('numbers and headings alone are never what is alike', () => {
  const words = wordedSentences('Passage 1:\nThe keeper was Rufus Dallow.\n2.');
  assert.equal(words.length, 1);
  assert.equal(wordedSentences('Wye.').length, 1);
});

test('equal texts have nothing that is least alike, and an empty one nothing at all', () => {
  assert.equal(likenessOf(LEFT, LEFT).left?.least, undefined);
  assert.deepEqual(likenessOf(LEFT, ''), { left: undefined, right: undefined });
});
