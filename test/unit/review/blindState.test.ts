import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DecisionRecord } from '../../../src/records/schemas.ts';
import { blindState } from '../../../src/review/blindState.ts';
import { questionFacts } from '../../../src/review/questionFacts.ts';
import { questionState } from '../../support/questionState.ts';

function decision(reviewer: string, chosen: number): DecisionRecord {
  return {
    id: `${reviewer} ${chosen}`,
    question_id: 'q',
    sampling: 's',
    kind: 'override',
    chosen,
    reviewer,
    at: `2026-01-01T00:00:0${chosen}.000Z`,
  };
}

test('blind, a reviewer sees their own decisions and neither scores, policy nor others', () => {
  const state = questionState([0.9, 0.8, 0.5, 0.4], [decision('ada', 1), decision('ben', 2)]);
  const seen = blindState(state, 'ada');
  assert.equal(seen.score, undefined);
  assert.deepEqual(
    seen.decisions.map(({ reviewer }) => reviewer),
    ['ada'],
  );
  assert.equal(seen.pair.chosen?.index, 1);
  assert.equal(seen.pair.rejected, undefined);
  assert.deepEqual(seen.pair.policy, { chosen: undefined, rejected: undefined });
  assert.equal(seen.pair.margin, undefined);
  assert.equal(seen.pair.disputed, false);
  assert.equal(seen.trajectories.length, 4);
  assert.equal(JSON.stringify(seen).includes('ben'), false);
});

test('blind, nothing decided yet is nothing shown', () => {
  const seen = blindState(questionState([0.9, 0.8], [decision('ben', 1)]), 'ada');
  assert.equal(seen.pair.chosen, undefined);
  assert.deepEqual(seen.decisions, []);
});

test('blind, answers stand as rules found them and as oneself corrected them, not as others did', () => {
  const answer = (reviewer: string, index: number, text: string): DecisionRecord => ({
    ...decision(reviewer, index),
    ...{ id: `${reviewer} answer ${index}`, kind: 'answer', index, answer: text },
  });
  const state = questionState(
    [0.9, 0.8],
    [answer('ada', 0, 'Thomas Wye'), answer('ben', 1, 'Ada Morven')],
  );
  const labels = (of: typeof state) => of.clusters.clusters.map(({ label }) => label);
  assert.deepEqual(labels(state), ['Thomas Wye', 'Ada Morven']);
  assert.deepEqual(labels(blindState(state, 'ada')), ['Thomas Wye']);
  assert.deepEqual(labels(blindState(state, 'ben')), ['Ada Morven']);
});

test('blind, a question that one agreed to before stays reviewed', () => {
  const agreed: DecisionRecord = {
    ...decision('ada', 1),
    kind: 'agree',
    shown: { scorer: 's', config: 'c', chosen: 3, rejected: 2 },
  };
  delete agreed.chosen;
  const state = questionState([0.9, 0.8, 0.5, 0.4], [agreed]);
  const entry = {
    ...{ id: 'q', question: 'Who?', contextTokens: 9, documents: 1 },
    ...{ line: 1, offset: 0, length: 1 },
  };
  const facts = (of: typeof state) => questionFacts(entry, of, 0, of.clusters);
  assert.deepEqual(facts(state).outdatedBy, ['ada']);
  assert.deepEqual(facts(blindState(state, 'ada')).reviewedBy, ['ada']);
});

test('blind, an answer from a dataset does not say on which side that put it', () => {
  const state = questionState([0.9, 0.8]);
  const trajectories = state.trajectories.map((entry) => ({
    ...entry,
    imported: { as: 'chosen', score: 9 } as const,
  }));
  const seen = blindState({ ...state, trajectories }, 'ada');
  assert.ok(seen.trajectories.every((entry) => !('imported' in entry)));
});
