import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sentencesOf, wordsOf } from '../../../../../webview/questionPanel/texts/textSpans.ts';

const split = (text: string): string[] =>
  sentencesOf(text).map(({ start, end }) => text.slice(start, end));

test('sentences end at points and line breaks, not after initials, titles or numbers', () => {
  assert.deepEqual(split('1. Dr. J. Wye came in 1822. He "stayed." So?\n\n**Answer**: Wye'), [
    '1. Dr. J. Wye came in 1822.',
    'He "stayed."',
    'So?',
    '**Answer**: Wye',
  ]);
});

test('sentences lie in order, never overlap, and leave out only what has no letter', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('a', 'B', '.', '?', ' ', '\n', '3', '"') }),
      (text) => {
        let at = 0;
        let rest = '';
        for (const { start, end } of sentencesOf(text)) {
          assert.ok(start >= at && end > start);
          rest += text.slice(at, start);
          at = end;
        }
        assert.doesNotMatch(rest + text.slice(at), /[aB3]/);
      },
    ),
  );
});

test('words are those of weight, each once, without case or possessive', () => {
  assert.deepEqual(
    [...wordsOf("The college's founder was Thomas Wye, the FOUNDER of 1822")],
    ['college', 'founder', 'thomas', 'wye', '1822'],
  );
});
