import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { alignedSteps, stepsOf } from '../../../../../webview/questionPanel/texts/steps.ts';

const LEFT =
  'Plan: find the engineer.\n\nStep 1. Marta Quill.\nStep 2. She taught there.\nStep 3. Wye.';
const RIGHT =
  'Plan: find the engineer first.\n\n1) Quill, Marta.\n3) The guild.\n\nThe answer is Morven.';

test('steps of the same number stand beside each other, and a step alone stands alone', () => {
  const rows = alignedSteps(stepsOf(LEFT), stepsOf(RIGHT));
  assert.deepEqual(
    rows.map(({ left, right }) => [left?.text.trim(), right?.text.trim()]),
    [
      ['Plan: find the engineer.', 'Plan: find the engineer first.'],
      ['Step 1. Marta Quill.', '1) Quill, Marta.'],
      ['Step 2. She taught there.', undefined],
      ['Step 3. Wye.', '3) The guild.'],
      [undefined, 'The answer is Morven.'],
    ],
  );
});

test('every way of writing a step is one, and a year that begins a line is none', () => {
  for (const line of ['**Step 2:** go', '### 2. Go', '- Step 2) go', '2. go', 'step 2: go'])
    assert.deepEqual(
      stepsOf(line).map(({ number }) => number),
      [2],
      line,
    );
  assert.equal(stepsOf('1822. The college')[0]?.number, null);
});

test('headings stand beside headings, and last paragraphs beside each other whatever they answer', () => {
  const left = stepsOf('**Plan:**\n\n1. Find the engineer.\n\nSo the answer is Thomas Wye.');
  const right = stepsOf('Plan:\n\n1. Find the college.\n\nThe answer: Ada Morven.');
  assert.deepEqual(
    alignedSteps(left, right).map((row) => [row.left?.number, row.right?.number]),
    [
      [null, null],
      [1, 1],
      [null, null],
    ],
  );
});

const text = fc.string({ unit: fc.constantFrom('a', 'go', '1. ', '\n', ' ', '2) ') });

test('steps joined are the text again, and alignment keeps every step of both once, in order', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [left, right] = [stepsOf(a), stepsOf(b)];
      assert.equal(left.map((step) => step.text).join('\n'), a);
      const rows = alignedSteps(left, right);
      assert.deepEqual(
        rows.flatMap((row) => row.left ?? []),
        left,
      );
      assert.deepEqual(
        rows.flatMap((row) => row.right ?? []),
        right,
      );
    }),
  );
});

test('texts of a hundred thousand paragraphs stand level from their beginnings', () => {
  const of = (word: string) => stepsOf(`${word}\n\n`.repeat(50_000));
  const rows = alignedSteps(of('a'), of('b').slice(1));
  assert.equal(rows.length, 50_000);
  assert.deepEqual(rows.at(-1)?.right, null);
});
