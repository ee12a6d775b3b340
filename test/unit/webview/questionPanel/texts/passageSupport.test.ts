import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wordedSentences } from '../../../../../webview/questionPanel/texts/likeness.ts';
import {
  PassageIndex,
  saidAlone,
} from '../../../../../webview/questionPanel/texts/passageSupport.ts';

const passage = (number: number, title: string, text: string) => ({
  number,
  title,
  text,
  related: false,
});
const index = new PassageIndex({
  passages: [
    passage(1, 'Harbour notes', 'Ships unload timber and salt at the harbour.'),
    passage(2, 'Skerry Point', 'The lighthouse was raised by the engineer Marta Quill in 1861.'),
    passage(3, 'Saint Orla College', 'Thomas Wye founded the college in 1822. Quill taught there.'),
  ],
});

const ANSWER =
  'The lighthouse was raised by Marta Quill, who taught at the college that Thomas Wye founded. ' +
  'Ada Morven bequeathed her mansion to the gardeners of Lantern Guild.';

test('a sentence that joins two passages is supported, one with words of none is not', () => {
  const sentences = wordedSentences(ANSWER);
  assert.deepEqual(index.unsupported(sentences), sentences.slice(1));
});

test('the best passages are those with the rare words of the text', () => {
  assert.deepEqual(index.best('Quill taught where Wye founded the college in 1822.', 2), [2, 1]);
  assert.deepEqual(index.best('nothing alike', 3), []);
});

test('a sentence is alone when no other sample says the like', () => {
  const sentences = wordedSentences(ANSWER);
  const others = [
    wordedSentences('Marta Quill raised the lighthouse and taught at a college of Thomas Wye.'),
  ];
  assert.deepEqual(saidAlone(sentences, others), sentences.slice(1));
  assert.deepEqual(saidAlone(sentences, []), []);
});
