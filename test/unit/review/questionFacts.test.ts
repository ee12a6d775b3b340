import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeDecision, type DecisionRequest } from '../../../src/preference/recordDecision.ts';
import type { QuestionState } from '../../../src/preference/studyPairs.ts';
import type { DecisionRecord } from '../../../src/records/schemas.ts';
import { questionFacts } from '../../../src/review/questionFacts.ts';
import { questionState, selection } from '../../support/questionState.ts';

const scores = [0.9, 0.8, 0.2, null];
const entry = {
  ...{ id: 'q', question: 'Who built it?', contextTokens: 100, documents: 1 },
  ...{ line: 1, offset: 0, length: 1 },
};

function decided(...requests: [DecisionRequest, string][]): DecisionRecord[] {
  const made: DecisionRecord[] = [];
  for (const [request, reviewer] of requests) {
    const stamp = { reviewer, id: `d${made.length}`, at: new Date('2026-05-01') };
    made.push(makeDecision(questionState(scores, made), selection, request, stamp));
  }
  return made;
}
const factsOf = (state: QuestionState) => questionFacts(entry, state, 0, state.clusters);
const factsAfter = (...requests: [DecisionRequest, string][]) =>
  factsOf(questionState(scores, decided(...requests)));

test('numbers of a question that nobody has looked at', () => {
  const facts = factsAfter();
  assert.equal(facts.margin?.toFixed(2), '0.70');
  assert.equal(facts.spread?.toFixed(2), '0.70');
  assert.deepEqual([facts.trajectories, facts.flaws.failed, facts.lengthGap], [3, 1, 0]);
  assert.deepEqual([facts.reviewedBy, facts.leftOut, facts.disputed], [[], undefined, false]);
});

test('samples are counted by what speaks against them', () => {
  const state = questionState(scores);
  const [first, second, third, failed] = state.trajectories;
  assert.ok(first && second && third && failed);
  const trajectories = [
    { ...first, finishReason: 'length' },
    { ...second, text: first.text, refused: true as const },
    { ...third, characters: 0 },
    failed,
  ];
  assert.deepEqual(factsOf({ ...state, trajectories }).flaws, {
    ...{ failed: 1, empty: 1, refused: 1, truncated: 1, duplicate: 1 },
  });
});

test('agreement is a review without an override, a skip is neither', () => {
  const agreed = factsAfter([{ kind: 'agree' }, 'ann']);
  assert.deepEqual([agreed.reviewedBy, agreed.overriddenBy], [['ann'], []]);
  const skipped = factsAfter([{ kind: 'skip' }, 'ann']);
  assert.deepEqual([skipped.reviewedBy, skipped.skippedBy], [[], ['ann']]);
});

test('who agreed to a pair that is no longer the present one has to look again', () => {
  const made = decided([{ kind: 'agree' }, 'ann']);
  const otherScores = questionState([0.1, 0.8, 0.2, null], made);
  const { reviewedBy, outdatedBy } = factsOf(otherScores);
  assert.deepEqual([reviewedBy, outdatedBy], [[], ['ann']]);
});

test('both bad leaves the question out until a reviewer takes a pair again', () => {
  assert.equal(factsAfter([{ kind: 'both_bad' }, 'ann']).leftOut, 'both_bad');
  assert.equal(
    factsAfter([{ kind: 'both_bad' }, 'ann'], [{ kind: 'override', chosen: 1 }, 'ann']).leftOut,
    undefined,
  );
  assert.equal(
    factsAfter([{ kind: 'both_bad' }, 'ann'], [{ kind: 'undo' }, 'ann']).leftOut,
    undefined,
  );
});

test('flags and notes are found by their words, and taken back like all else', () => {
  const facts = factsAfter(
    [{ kind: 'flag', note: 'Check passage 3' }, 'ann'],
    [{ kind: 'note', note: 'Seen' }, 'bob'],
  );
  assert.deepEqual([facts.flaggedBy, facts.notes], [['ann'], 1]);
  assert.deepEqual(facts.words, ['Check passage 3', 'Seen']);
  assert.deepEqual(
    factsAfter([{ kind: 'flag' }, 'ann'], [{ kind: 'unflag' }, 'bob']).flaggedBy,
    [],
  );
});

test('two reviewers with different pairs are in dispute; one who agrees to the other is not', () => {
  assert.equal(factsAfter([{ kind: 'swap' }, 'ann'], [{ kind: 'agree' }, 'bob']).disputed, false);
  const facts = factsAfter(
    [{ kind: 'swap' }, 'ann'],
    [{ kind: 'override', chosen: 0, rejected: 1 }, 'bob'],
  );
  assert.equal(facts.disputed, true);
  assert.deepEqual(facts.overriddenBy, ['bob']);
});
