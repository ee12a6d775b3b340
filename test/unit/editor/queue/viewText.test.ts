import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRange, viewTitle, viewWords } from '../../../../src/editor/queue/viewText.ts';
import { viewSchema } from '../../../../src/review/view.ts';

test('a range is written as people write it', () => {
  assert.deepEqual(parseRange('0.05'), { max: 0.05 });
  assert.deepEqual(parseRange(' <= 0.05'), { max: 0.05 });
  assert.deepEqual(parseRange('-3'), { max: -3 });
  assert.deepEqual(parseRange('>0.5'), { min: 0.5 });
  assert.deepEqual(parseRange('2..'), { min: 2 });
  assert.deepEqual(parseRange('0.1-0.5'), { min: 0.1, max: 0.5 });
  assert.deepEqual(parseRange('-20 .. 20'), { min: -20, max: 20 });
  assert.deepEqual(parseRange('=2'), { min: 2, max: 2 });
  for (const wrong of ['', 'many', '5..1', '1,5,9', '>'])
    assert.equal(parseRange(wrong), undefined);
});

test('a view without a name says what it does', () => {
  const view = viewSchema.parse({
    filter: { margin: { max: 0.05 }, not_reviewed_by: 'me', flagged: false },
    sort: [{ by: 'margin' }, { by: 'length_gap', descending: true }],
    audit: 0.1,
  });
  const words =
    'margin up to 0.05, not flagged, not reviewed by me; by margin, then by length gap, largest first; 10 % at random';
  assert.equal(viewWords(view), words);
  assert.equal(viewTitle({ view }), words);
  assert.equal(viewTitle({ name: 'mine', view }), 'mine');
  assert.equal(viewTitle({ view: viewSchema.parse({}) }), 'all questions');
});
