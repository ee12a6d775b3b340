import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sidesOf } from '../../../src/preference/pair.ts';
import { PairStatistics } from '../../../src/preference/pairStatistics.ts';
import { PolicyPreview } from '../../../src/preference/policyPreview.ts';
import { questionState } from '../../../src/preference/studyPairs.ts';
import type { PairPolicy } from '../../../src/study/config.ts';
import type { ScoreEntry, TrajectoryEntry } from '../../../src/study/entries.ts';

interface Sample {
  score: number;
  tokens: number;
  answer?: string;
  finish?: string;
  text?: string;
  refused?: true;
  characters?: number;
}

function state(samples: readonly Sample[], policy: Partial<PairPolicy> = {}, id = 'q') {
  const trajectories = samples.map(
    (
      { tokens, answer, finish = 'stop', text, refused, characters = tokens * 4 },
      index,
    ): TrajectoryEntry => ({
      ...{ questionId: id, index, sampling: 's', finishReason: finish, completionTokens: tokens },
      ...{ text: text ?? `text ${index}`, characters, offset: 0, length: 0 },
      ...(answer === undefined ? {} : { answer }),
      ...(refused ? { refused } : {}),
    }),
  );
  const score: ScoreEntry = {
    ...{ questionId: id, scorer: 'mbr_embedding', config: 'c', sampling: 's' },
    indices: samples.map((_, index) => index),
    scores: samples.map((sample) => sample.score),
    ...{ texts: undefined, truncated: [], matrix: undefined },
  };
  return questionState({
    ...{ questionId: id, question: '', sampling: 's', score, decisions: [] },
    trajectories: () => trajectories,
    policy: { rejected: 'random_lower_half', seed: 42, ...policy },
    settlement: { rule: 'latest' },
  });
}

const four: Sample[] = [
  { score: 0.9, tokens: 100, answer: 'Wye' },
  { score: 0.8, tokens: 90, answer: 'Wye' },
  { score: 0.5, tokens: 20, answer: 'Morven' },
  { score: 0.4, tokens: 60, answer: 'Wye' },
];
const pair = (policy: Partial<PairPolicy>, samples = four) => state(samples, policy).pair;
const rejected = (policy: Partial<PairPolicy>, samples = four) =>
  pair(policy, samples).rejected?.index;

test('the rejected one is the lowest, that at a quantile, or one of another answer', () => {
  assert.equal(rejected({ rejected: 'lowest' }), 3);
  assert.equal(rejected({ rejected: 'quantile', quantile: 0 }), 3);
  assert.equal(rejected({ rejected: 'quantile', quantile: 0.33 }), 2);
  assert.equal(rejected({ rejected: 'quantile', quantile: 1 }), 1, 'never the chosen one itself');
  assert.equal(rejected({ rejected: 'other_cluster' }), 2);
  const agreed = four.map((sample) => ({ ...sample, answer: 'Wye' }));
  assert.equal(pair({ rejected: 'other_cluster' }, agreed).leftOut, 'one_cluster');
});

test('limits of margin and length take the next one that holds them, or leave the question out', () => {
  assert.equal(rejected({ rejected: 'quantile', quantile: 1, min_margin: 0.2 }), 2);
  assert.equal(pair({ min_margin: 0.6 }).leftOut, 'small_margin');
  assert.equal(rejected({ rejected: 'quantile', quantile: 0.33, max_length_ratio: 2 }), 3);
  assert.equal(pair({ rejected: 'lowest', max_length_ratio: 1.05 }).leftOut, 'length_ratio');
});

test('truncated ones, doubles, refusals and empty ones are passed over on both sides where the study drops them', () => {
  const samples: Sample[] = [
    { score: 0.9, tokens: 9, finish: 'length' },
    { score: 0.8, tokens: 9, text: 'same' },
    { score: 0.7, tokens: 9, text: 'same' },
    { score: 0.6, tokens: 9 },
    { score: 0.5, tokens: 9, refused: true },
    { score: 0.4, tokens: 9, characters: 0 },
  ];
  const drop: PairPolicy['drop'] = ['truncated', 'duplicates', 'refusals', 'empty'];
  const { chosen, rejected: low } = pair({ rejected: 'lowest', drop }, samples);
  assert.deepEqual([chosen?.index, low?.index], [1, 3]);
  assert.deepEqual(
    [pair({}, samples).chosen?.index, rejected({ rejected: 'lowest' }, samples)],
    [0, 5],
  );
});

test('several pairs a question have one chosen and rejected ones of different texts', () => {
  const sides = sidesOf(pair({ rejected: 'lowest', per_question: 2 }));
  assert.deepEqual(sides, [
    { chosen: 0, rejected: 3 },
    { chosen: 0, rejected: 2 },
  ]);
  const doubles = four.map((sample) => ({ ...sample, text: sample.score < 0.6 ? 'low' : 'high' }));
  assert.equal(sidesOf(pair({ rejected: 'lowest', per_question: 3 }, doubles)).length, 1);
});

test('length bias is the mean gap and its size in pooled standard deviations', () => {
  const statistics = new PairStatistics();
  const lengths = [
    [10, 8],
    [14, 9],
    [12, 10],
  ];
  for (const [chosen = 0, low = 0] of lengths)
    statistics.add(
      state([
        { score: 1, tokens: chosen },
        { score: 0, tokens: low },
      ]),
    );
  const { length, mean_margin: margin, pairs } = statistics.summary();
  assert.deepEqual([pairs, margin, length?.mean_gap], [3, 1, 3]);
  // Standard deviations 2 and 1: pooled sqrt((4 + 1) / 2).
  assert.equal(length?.cohens_d?.toFixed(4), (3 / Math.sqrt(2.5)).toFixed(4));
});

test('a question that is taken out leaves no trace in the sums', () => {
  const statistics = new PairStatistics();
  statistics.add(state(four));
  const before = statistics.summary();
  const other = state(four.slice(0, 3));
  statistics.add(other);
  statistics.remove(other);
  assert.deepEqual(statistics.summary(), before);
});

test('a preview says how many pairs change, and what that does to margin and answers', () => {
  const preview = new PolicyPreview({ rejected: 'other_cluster', seed: 42 });
  const agreed = four.map((sample) => ({ ...sample, answer: 'Wye' }));
  preview.add(state(four, { rejected: 'lowest' }, 'a'));
  preview.add(state(agreed, { rejected: 'lowest' }, 'b'));
  const summary = preview.summary();
  assert.deepEqual(
    [summary.same, summary.changed, summary.lost, summary.gained, summary.flipped],
    [0, 1, 1, 0, 1],
  );
  assert.equal(summary.before.mean_margin, 0.5);
  assert.equal(summary.after.mean_margin?.toFixed(2), '0.40');
  assert.deepEqual([summary.before.other_answer, summary.after.other_answer], [0, 1]);
});

test('the policy that is there changes nothing', () => {
  const preview = new PolicyPreview({ rejected: 'random_lower_half', seed: 42 });
  preview.add(state(four));
  const { before, after, ...counts } = preview.summary();
  assert.deepEqual(before, after);
  assert.deepEqual(counts, { same: 1, changed: 0, gained: 0, lost: 0, flipped: 0 });
});
