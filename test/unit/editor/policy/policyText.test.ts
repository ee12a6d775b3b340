import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  policyLines,
  previewHeadline,
  previewLines,
} from '../../../../src/editor/policy/policyText.ts';
import { PolicyPreview } from '../../../../src/preference/policyPreview.ts';
import type { PairPolicy } from '../../../../src/study/config.ts';
import { questionState } from '../../../support/questionState.ts';

const PRESENT: PairPolicy = { rejected: 'random_lower_half', seed: 42 };

function previewOf(policy: PairPolicy) {
  const preview = new PolicyPreview(policy);
  for (const scores of [
    [0.9, 0.5, 0.4, 0.3],
    [0.6, 0.58, 0.57, 0.56],
  ])
    preview.add(questionState(scores));
  return preview.summary();
}

test('every parameter of a policy is shown in words', () => {
  const lines = new Map(
    policyLines({ ...PRESENT, rejected: 'quantile', drop: ['truncated'], min_margin: 0.1 }).map(
      ({ label, value }) => [label, value],
    ),
  );
  assert.equal(lines.get('Rejected'), 'at a quantile of the scores (0.25)');
  assert.equal(lines.get('Smallest margin'), '0.1');
  assert.equal(lines.get('Largest ratio of lengths'), 'any');
  assert.equal(lines.get('Passed over'), 'truncated');
  assert.equal(lines.get('Pairs a question'), '1');
});

test('the same policy changes nothing, and says so', () => {
  const preview = previewOf(PRESENT);
  assert.equal(previewHeadline(preview), 'No pair changes');
  assert.ok(previewLines(preview).every(({ value }) => !value.includes('→')));
});

test('another policy says how many pairs change, and what that does to the set', () => {
  const preview = previewOf({ ...PRESENT, min_margin: 0.2 });
  assert.match(previewHeadline(preview), /^1 lose theirs, 1 keep it$/);
  const lines = new Map(previewLines(preview).map(({ label, value }) => [label, value]));
  assert.equal(lines.get('Pairs'), '2 → 1');
  assert.match(lines.get('Mean margin') ?? '', /^0\.\d{3} → 0\.\d{3}$/);
  const subEm = {
    before: { chosen: 50, rejected: 25 },
    after: { chosen: 100, rejected: null },
  };
  const withGold = new Map(previewLines(preview, subEm).map(({ label, value }) => [label, value]));
  assert.equal(withGold.get('SubEM of chosen'), '50.0 → 100.0');
  assert.equal(withGold.get('SubEM of rejected'), '25.0 → not known');
});
