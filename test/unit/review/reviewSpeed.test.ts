import assert from 'node:assert/strict';
import { test } from 'node:test';
import { median, secondsByReviewer } from '../../../src/review/reviewSpeed.ts';

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000).toISOString();

test('the time of a question is that since the last decision on another one', () => {
  const seconds = secondsByReviewer([
    { reviewer: 'ada', question_id: 'q1', at: at(0) },
    { reviewer: 'ada', question_id: 'q2', at: at(30) },
    { reviewer: 'ben', question_id: 'q2', at: at(31) },
    { reviewer: 'ada', question_id: 'q2', at: at(40) },
    { reviewer: 'ada', question_id: 'q3', at: at(90) },
  ]);
  assert.deepEqual(seconds.get('ada'), [30, 50]);
  assert.deepEqual(seconds.get('ben'), []);
});

test('a break is no question, and a time in view counts before the clock', () => {
  const seconds = secondsByReviewer([
    { reviewer: 'ada', question_id: 'q1', at: at(0), duration_ms: 8000 },
    { reviewer: 'ada', question_id: 'q2', at: at(3600) },
    { reviewer: 'ada', question_id: 'q1', at: at(3610), duration_ms: 12_000 },
  ]);
  assert.deepEqual(seconds.get('ada'), [12]);
});

test('the median of nothing is not known', () => {
  assert.equal(median([]), undefined);
  assert.equal(median([3]), 3);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});
