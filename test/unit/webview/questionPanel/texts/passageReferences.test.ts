import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passageReferences } from '../../../../../webview/questionPanel/texts/passageReferences.ts';

const passages = Array.from({ length: 14 }, (_, place) => ({ title: `Title ${place + 1} of` }));
const found = (text: string, of: readonly { title: string }[] = passages) =>
  passageReferences(text, of).map(({ number, start, end }) => [number, text.slice(start, end)]);

test('passages are found singly and in lists, and only those that there are', () => {
  assert.deepEqual(
    found('Passage 3 says so, passages 1, 2 and 14 agree; Passage 99 does not exist.'),
    [
      [3, 'Passage 3'],
      [1, 'passages 1'],
      [2, '2'],
      [14, '14'],
    ],
  );
  assert.deepEqual(found('In passage'), []);
});

test('models name passages in many ways', () => {
  const cases: [string, [number, string][]][] = [
    ['as it says [3].', [[3, '[3]']]],
    [
      'both do [2, 7].',
      [
        [2, '[2'],
        [7, '7'],
      ],
    ],
    ['(Document #3)', [[3, 'Document #3']]],
    [
      'Paragraphs 2\u20134 tell',
      [
        [2, 'Paragraphs 2'],
        [4, '4'],
      ],
    ],
    ['Source No. 5 and', [[5, 'Source No. 5']]],
    ['**Passage 3**: a', [[3, 'Passage 3']]],
    [
      'the third passage, the 12th document',
      [
        [3, 'third passage'],
        [12, '12th document'],
      ],
    ],
    [
      '根据段落3和第5篇',
      [
        [3, '段落3'],
        [5, '第5篇'],
      ],
    ],
  ];
  for (const [text, expected] of cases) assert.deepEqual(found(text), expected, text);
});

test('what only looks like a reference is none', () => {
  for (const text of ['in [1912] he', 'step 3', 'the third man', 'a[20]', 'passage 0', 'x [ ] y'])
    assert.deepEqual(found(text), [], text);
});

test('a title that one passage alone has is a reference where it is quoted', () => {
  const titled = [{ title: 'Teasel Hill' }, { title: 'Ferry' }, { title: 'Ferry' }, { title: '' }];
  const text =
    'The passage "teasel hill," says it, as does **Teasel Hill**; “Ferry” and "" do not.';
  assert.deepEqual(found(text, titled), [
    [1, '"teasel hill,"'],
    [1, '**Teasel Hill**'],
  ]);
});
