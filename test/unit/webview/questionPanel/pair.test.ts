import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PanelPair } from '../../../../src/protocol/panel.ts';
import { marksOf } from '../../../../webview/questionPanel/marks.ts';
import { overrideFor } from '../../../../webview/questionPanel/overrides.ts';
import { pairSentence } from '../../../../webview/questionPanel/sentences.ts';
import { questionOfFour } from './samples.ts';

const policyPair = questionOfFour().pair;
const overridden: PanelPair = {
  ...policyPair,
  chosen: { index: 0, by: { kind: 'reviewer', reviewer: 'mara', at: '2026-01-01T00:00:00Z' } },
  margin: 0.4,
};

test('an override marks the new choice with its reviewer and keeps the old one as replaced', () => {
  assert.deepEqual(marksOf(overridden, 0, 'mara'), [
    { side: 'chosen', by: 'you', replaced: false },
  ]);
  assert.deepEqual(marksOf(overridden, 0, 'ole'), [
    { side: 'chosen', by: 'mara', replaced: false },
  ]);
  assert.deepEqual(marksOf(overridden, 2, 'mara'), [
    { side: 'chosen', by: 'policy', replaced: true },
  ]);
  assert.deepEqual(marksOf(overridden, 3, 'mara'), []);
});

test("the policy's pick of a question that gives no pair is not struck through", () => {
  const pair = { ...policyPair, chosen: null, rejected: null, leftOut: 'both texts are equal' };
  assert.deepEqual(marksOf(pair, 2, 'mara'), [{ side: 'chosen', by: 'policy', replaced: false }]);
});

test('the pair as a sentence says who, in place of what, and the margin', () => {
  assert.equal(
    pairSentence(questionOfFour({ pair: overridden })),
    "Chosen #00 0.700 by you in place of the policy's #02, rejected #01 0.300 by policy, margin 0.400.",
  );
});

test('an override asks for its side only', () => {
  assert.deepEqual(overrideFor(questionOfFour(), 'chosen', 0), { ok: true, sides: { chosen: 0 } });
});

test('making the rejected one chosen swaps the pair', () => {
  const swapped = { ok: true, sides: { chosen: 1, rejected: 2 } };
  assert.deepEqual(overrideFor(questionOfFour(), 'chosen', 1), swapped);
  assert.deepEqual(overrideFor(questionOfFour(), 'rejected', 2), swapped);
});

test('an override is refused with a reason where it would change nothing or cannot be', () => {
  const why = (result: ReturnType<typeof overrideFor>): string => (result.ok ? '' : result.why);
  assert.match(why(overrideFor(questionOfFour(), 'chosen', 2)), /#02 is chosen already/);
  const readOnly = questionOfFour({ readOnly: 'the folder is read-only' });
  assert.match(why(overrideFor(readOnly, 'chosen', 0)), /the folder is read-only/);
  const question = questionOfFour();
  const failed = {
    ...question,
    trajectories: question.trajectories.map((each) => ({ ...each, failed: each.index === 3 })),
  };
  assert.match(why(overrideFor(failed, 'rejected', 3)), /#03 failed/);
});
