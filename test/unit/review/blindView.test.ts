import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blindView, hiddenConditions } from '../../../src/review/blindView.ts';
import { viewSchema } from '../../../src/review/view.ts';

test('blind, a view loses what it asks of scores, policy and others, and the name that tells of it', () => {
  const view = viewSchema.parse({
    title: 'Small margin',
    filter: { margin: { max: 0.1 }, disputed: true, not_reviewed_by: 'me', truncated: true },
    sort: [{ by: 'margin' }, { by: 'entropy' }],
    audit: 0.1,
  });
  assert.deepEqual(blindView(view, 'ada'), {
    filter: { not_reviewed_by: 'me', truncated: true },
    sort: [{ by: 'entropy', descending: false }],
    audit: 0.1,
  });
});

test('blind, a view that only sorts by what is hidden keeps its name; one that asks nothing stays itself', () => {
  const sorted = viewSchema.parse({ title: 'To review', sort: [{ by: 'margin' }] });
  assert.deepEqual(blindView(sorted, 'ada'), { title: 'To review', filter: {}, sort: [] });
  const plain = viewSchema.parse({ title: 'Skipped', filter: { skipped: true } });
  assert.equal(blindView(plain, 'ada'), plain);
});

test('to ask for another reviewer by name is hidden, to ask for oneself is not', () => {
  assert.deepEqual(hiddenConditions({ reviewed_by: 'ben' }, 'ada'), ['reviewed_by']);
  assert.deepEqual(hiddenConditions({ reviewed_by: 'ada', not_reviewed_by: 'me' }, 'ada'), []);
});
