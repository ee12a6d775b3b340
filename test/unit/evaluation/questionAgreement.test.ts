import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  questionAgreement,
  type ScoresByScorer,
} from '../../../src/evaluation/questionAgreement.ts';
import type { ScorerName } from '../../../src/study/config.ts';
import type { ScoreEntry } from '../../../src/study/entries.ts';
import { questionState } from '../../support/questionState.ts';

const { trajectories } = questionState([0, 0, 0, 0]);

/** Scores by trajectory index; one without a score is left out. */
function scoredBy(all: Partial<Record<ScorerName, (number | null)[]>>): ScoresByScorer {
  return new Map(
    Object.entries(all).flatMap(([scorer, scores]) => {
      const indices = scores.flatMap((score, index) => (score === null ? [] : [index]));
      const { score } = questionState(
        indices.map(() => 1),
        [],
        { scorer, indices, scores: scores.filter((of) => of !== null) },
      );
      return score ? [[scorer, score] as [ScorerName, ScoreEntry]] : [];
    }),
  );
}

test('each scorer has its winner and ranks; ties share a rank, and the lowest index wins', () => {
  const { scorers } = questionAgreement(
    scoredBy({ mbr_rouge: [0.5, 0.9, 0.9, 0.1], random: [4, 3, 2, 1] }),
    trajectories,
  );
  assert.deepEqual(
    scorers.map(({ scorer, winner }) => [scorer, winner]),
    [
      ['mbr_rouge', 1],
      ['random', 0],
    ],
  );
  assert.deepEqual(
    [...(scorers[0]?.standings ?? [])].map(([index, { rank }]) => [index, rank]),
    [
      [0, 3],
      [1, 1],
      [2, 1],
      [3, 4],
    ],
  );
});

test('two scorers are compared over what both have scored', () => {
  const { pairs } = questionAgreement(
    scoredBy({ mbr_embedding: [1, 2, 3, 9], self_evaluation: [5, 4, 3, null] }),
    trajectories,
  );
  assert.deepEqual(pairs, [
    {
      scorers: ['mbr_embedding', 'self_evaluation'],
      sameWinner: false,
      spearman: -1,
      kendall: -1,
    },
  ]);
});

test('winners with equal texts are the same winner, and a scorer that tells none apart ranks nothing', () => {
  const twins = trajectories.map((entry) => ({ ...entry, text: 'the same' }));
  const scores = scoredBy({ mbr_rouge: [0, 1, 0, 0], self_evaluation: [3, 3, 3, 3] });
  const [pair] = questionAgreement(scores, twins).pairs;
  assert.deepEqual(pair, {
    scorers: ['mbr_rouge', 'self_evaluation'],
    sameWinner: true,
    spearman: null,
    kendall: null,
  });
});

test('a single sample has a winner under every scorer and no correlation', () => {
  const { scorers, pairs } = questionAgreement(
    scoredBy({ mbr_rouge: [1], random: [0.2] }),
    trajectories.slice(0, 1),
  );
  assert.deepEqual(
    scorers.map(({ winner }) => winner),
    [0, 0],
  );
  assert.equal(pairs[0]?.sameWinner, true);
  assert.equal(pairs[0].spearman, null);
});
