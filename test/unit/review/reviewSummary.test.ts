import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeDecision, type DecisionRequest } from '../../../src/preference/recordDecision.ts';
import type { QuestionState } from '../../../src/preference/studyPairs.ts';
import type { DecisionRecord } from '../../../src/records/schemas.ts';
import { reviewSummary } from '../../../src/review/reviewSummary.ts';
import { questionState, selection } from '../../support/questionState.ts';

function reviewed(scores: number[], ...requests: [string, DecisionRequest][]): QuestionState {
  const made: DecisionRecord[] = [];
  for (const [reviewer, request] of requests) {
    const stamp = { reviewer, id: `d${made.length}`, at: new Date('2026-05-01') };
    made.push(makeDecision(questionState(scores, made), selection, request, stamp));
  }
  return questionState(scores, made);
}

test('progress, speed and the share overridden where the margin is small', () => {
  const states = [
    reviewed(
      [0.9, 0.88],
      ['ann', { kind: 'swap', durationMs: 30_000 }],
      ['bob', { kind: 'agree', durationMs: 5_000 }],
    ),
    reviewed(
      [0.9, 0.1],
      ['ann', { kind: 'flag', durationMs: 4_000 }],
      ['ann', { kind: 'agree', durationMs: 6_000 }],
    ),
    reviewed([0.9, 0.5]),
  ];
  const summary = reviewSummary(states, { rule: 'lead', lead: 'ann' });
  assert.deepEqual([summary.questions, summary.reviewed, summary.flagged], [3, 2, 1]);
  assert.deepEqual([summary.settle, summary.lead], ['lead', 'ann']);
  const [ann, bob] = summary.reviewers;
  assert.deepEqual(
    [ann?.median_seconds, ann?.verdicts],
    [20, { keep: 1, swap: 1, change: 0, leave_out: 0 }],
  );
  assert.deepEqual([bob?.questions, bob?.verdicts.swap], [1, 1], 'who agrees to a swap, swaps');
  assert.deepEqual(
    summary.by_margin.map(({ questions, reviewed: seen, overridden }) => [
      questions,
      seen,
      overridden,
    ]),
    [
      [1, 1, 1],
      [1, 0, 0],
      [1, 1, 0],
    ],
  );
});
