import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeCost } from '../../../src/scoring/judge/cost.ts';
import { judgingText } from '../../../src/scoring/judge/judgingText.ts';
import type { QuestionOutline } from '../../../src/scoring/scorer.ts';

function outline(questionId: string, digests: readonly string[]): QuestionOutline {
  return {
    questionId,
    contextTokens: 10_000,
    questionCharacters: 40,
    texts: digests.map((digest) => ({ digest, characters: 400, tokens: 100 })),
  };
}

const questions = [outline('a', ['x', 'y', 'z', 'x']), outline('b', ['x'])];

test('by reference, each ordered pair of distinct texts is a call; a text alone needs none', () => {
  const cost = judgeCost('mbr_self_evaluation', questions);
  assert.equal(cost?.calls, 3 * 2);
  const template = 360;
  assert.ok(cost.meanPromptTokens > 2 * 100 + 10 && cost.meanPromptTokens < 210 + template);
});

test('without a reference each distinct text is a call with the whole context', () => {
  const cost = judgeCost('self_evaluation', questions);
  assert.equal(cost?.calls, 3 + 1);
  assert.ok(cost.meanPromptTokens > 10_100);
});

test('judgements that there are already are not asked for, and other scorers ask nothing', () => {
  const known = (id: string) => (id === 'a' ? 4 : 0);
  assert.equal(judgeCost('mbr_self_evaluation', questions, known)?.calls, 2);
  assert.equal(judgeCost('mbr_self_evaluation', questions, () => 9)?.calls, 0);
  assert.equal(judgeCost('mbr_rouge', questions), undefined);
});

test('what is asked is said in calls and tokens, and in money where prices are known', () => {
  const cost = { calls: 2_031_616, meanPromptTokens: 400, maxCompletionTokens: 16 };
  assert.equal(
    judgingText(cost, {}),
    'At most 2,031,616 judgements, about 813M prompt tokens, at most 33M completion tokens',
  );
  assert.match(
    judgingText(cost, { prices: { prompt: 1, completion: 2, currency: 'USD' } }),
    /at most 877\.66 USD$/,
  );
});
