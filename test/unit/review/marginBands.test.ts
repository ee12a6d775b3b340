import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marginBands } from '../../../src/review/marginBands.ts';

test('bands hold equally many questions, and count only reviewed ones as kept or changed', () => {
  const judged = Array.from({ length: 10 }, (_, at) => ({
    margin: (9 - at) / 10,
    reviewed: at % 2 === 1,
    changed: at >= 8,
  }));
  const bands = marginBands(judged, 2);
  assert.deepEqual(bands, [
    { from: 0, to: 0.4, questions: 5, reviewed: 3, changed: 1 },
    { from: 0.5, to: 0.9, questions: 5, reviewed: 2, changed: 0 },
  ]);
});

test('fewer questions than bands make a band each', () => {
  assert.equal(marginBands([{ margin: 0.1, reviewed: false, changed: false }]).length, 1);
  assert.deepEqual(marginBands([]), []);
});
