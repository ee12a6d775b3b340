import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadGrammar, tokensText } from './grammar.ts';

test('a context has its passage headings and titles marked, and nothing inside passages', async () => {
  const grammar = await loadGrammar('text.sealong.context');
  const article = 'An article begins with a sentence and has no title. '.repeat(3);
  const heading = (number: number) => [
    `> Passage ${number}:`,
    '  "Passage" markup.heading.passage | keyword.control.passage',
    `  "${number}" markup.heading.passage | constant.numeric.passage`,
    '  ":" markup.heading.passage | punctuation.separator.passage',
  ];
  assert.equal(
    tokensText(
      grammar,
      `Passage 1:\nFish Hall\nIn 1884. Passage 2: no.\nPassage 2:\n${article}\nPassage 3:\nPassage 4:\nTitle`,
    ),
    [
      ...heading(1),
      '> Fish Hall',
      '  "Fish Hall" entity.name.section.title',
      '> In 1884. Passage 2: no.',
      ...heading(2),
      `> ${article}`,
      ...heading(3),
      ...heading(4),
      '> Title',
      '  "Title" entity.name.section.title',
    ].join('\n'),
  );
});
