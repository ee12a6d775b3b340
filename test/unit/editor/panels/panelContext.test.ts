import assert from 'node:assert/strict';
import { test } from 'node:test';
import { panelContext } from '../../../../src/editor/panels/panelContext.ts';
import { buildContext } from '../../../../src/synthesis/context.ts';

test('passages are the documents, also behind letters outside the basic plane', () => {
  const built = buildContext([
    { title: 'The 🗼 light', text: 'It stands 𝒻ar out.', related: true },
    { title: '', text: 'Harbour notes.\nShips.', related: false },
  ]);
  assert.deepEqual(panelContext(built).passages, [
    { number: 1, title: 'The 🗼 light', related: true, text: 'The 🗼 light\nIt stands 𝒻ar out.' },
    { number: 2, title: '', related: false, text: 'Harbour notes.\nShips.' },
  ]);
});

test('without documents the headings tell the passages, and without those it is one', () => {
  const context = 'Passage 1:\nOne\nfirst\nPassage 2:\nTwo';
  const passages = panelContext({ context, documents: [] }).passages;
  assert.deepEqual(
    passages.map(({ number, title, text }) => [number, title, text]),
    [
      [1, 'One', 'One\nfirst'],
      [2, 'Two', 'Two'],
    ],
  );
  assert.equal(panelContext({ context: 'plain', documents: [] }).passages[0]?.text, 'plain');
});
