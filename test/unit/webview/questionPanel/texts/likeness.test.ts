import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  likenessOf,
  wordedSentences,
  wordsInCommon,
} from '../../../../../webview/questionPanel/texts/likeness.ts';
import { SentenceIndex } from '../../../../../webview/questionPanel/texts/sentenceIndex.ts';
import { wordsOf } from '../../../../../webview/questionPanel/texts/textSpans.ts';

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

test('an index of sentences knows the likeness of each that shares a word, and of no other', () => {
  const sentences = wordedSentences(
    'Wye founded the college. Quill raised the light. Gorse grows on Harrow moor.',
  );
  const index = new SentenceIndex(sentences);
  const words = wordsOf('Wye raised the college on Harrow moor');
  const expected = sentences.map((sentence) => wordsInCommon(words, sentence.words));
  const found = new Map(index.likenesses(words).map(({ place, value }) => [place, value]));
  assert.deepEqual(
    sentences.map((_, place) => found.get(place) ?? 0),
    expected,
  );
  assert.equal(index.most(words), Math.max(...expected));
  assert.equal(index.most(wordsOf('tern')), 0);
});
