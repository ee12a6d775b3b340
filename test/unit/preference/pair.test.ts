import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterAnswers } from '../../../src/clusters/answerClusters.ts';
import { derivePair, ranking, type PairInput } from '../../../src/preference/pair.ts';
import type { DecisionRecord } from '../../../src/records/schemas.ts';
import type { ScoreEntry, TrajectoryEntry } from '../../../src/study/entries.ts';

function trajectory(index: number, text: string, finishReason = 'stop'): TrajectoryEntry {
  const characters = text.length;
  return {
    questionId: 'q',
    index,
    sampling: 's',
    finishReason,
    completionTokens: 1,
    text,
    characters,
    offset: 0,
    length: 0,
  };
}

function score(scores: readonly number[]): ScoreEntry {
  return {
    questionId: 'q',
    scorer: 'mbr_embedding',
    config: 'c',
    sampling: 's',
    indices: scores.map((_, index) => index),
    scores: [...scores],
    texts: undefined,
    truncated: [],
    matrix: undefined,
  };
}

function input(scores: readonly number[], more: Partial<PairInput> = {}): PairInput {
  return {
    questionId: 'q',
    sampling: 's',
    trajectories: scores.map((_, index) => trajectory(index, `text ${index}`)),
    score: score(scores),
    policy: { rejected: 'random_lower_half', seed: 42 },
    settlement: { rule: 'latest' },
    decisions: [],
    clusters: () => clusterAnswers({ answers: [], question: '' }),
    ...more,
  };
}

function override(more: Partial<DecisionRecord>): DecisionRecord {
  return {
    id: 'd',
    question_id: 'q',
    sampling: 's',
    kind: 'override',
    reviewer: 'ann',
    at: '2026-01-01',
    ...more,
  };
}

test('chosen is the best score, ties by lowest index; rejected is one of the lower half', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 40 }),
      fc.nat(),
      (scores, seed) => {
        const pair = derivePair(input(scores, { policy: { rejected: 'random_lower_half', seed } }));
        assert.equal(pair.chosen?.index, scores.indexOf(Math.max(...scores)));
        const lower = ranking(score(scores)).slice(-Math.floor(scores.length / 2));
        assert.ok(pair.rejected && lower.includes(pair.rejected.index));
        assert.equal(pair.leftOut, undefined);
        assert.ok((pair.margin ?? -1) >= 0);
      },
    ),
    { seed: 1 },
  );
});

test('the draw is the same each time, and differs between seeds', () => {
  const scores = Array.from({ length: 32 }, (_, index) => index);
  const drawn = (seed: number) =>
    derivePair(input(scores, { policy: { rejected: 'random_lower_half', seed } })).rejected?.index;
  assert.equal(drawn(1), drawn(1));
  assert.ok(new Set(Array.from({ length: 50 }, (_, seed) => drawn(seed))).size > 8);
});

test('every one of the lower half is drawn about equally often', () => {
  const counts = new Map<number, number>();
  for (let question = 0; question < 4000; question++) {
    const drawn = derivePair(
      input([8, 7, 6, 5, 4, 3, 2, 1], { questionId: `q${question}` }),
    ).rejected;
    counts.set(drawn?.index ?? -1, (counts.get(drawn?.index ?? -1) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), [4, 5, 6, 7]);
  for (const count of counts.values()) assert.ok(count > 900 && count < 1100, String(count));
});

test('chosen and rejected never have the same text; where there is no other, the question is left out', () => {
  const same = [0, 1, 2, 3].map((index) => trajectory(index, 'same'));
  assert.equal(derivePair(input([4, 3, 2, 1], { trajectories: same })).leftOut, 'equal_texts');
  const oneOther = [trajectory(0, 'a'), trajectory(1, 'b'), trajectory(2, 'a'), trajectory(3, 'c')];
  for (let seed = 0; seed < 20; seed++) {
    const policy = { rejected: 'random_lower_half', seed } as const;
    assert.equal(
      derivePair(input([4, 3, 2, 1], { trajectories: oneOther, policy })).rejected?.index,
      3,
    );
  }
});

test('one trajectory, none, unscored and empty ones are left out, each with its reason', () => {
  assert.equal(derivePair(input([1])).leftOut, 'too_few');
  assert.equal(derivePair(input([], { score: undefined })).leftOut, 'not_sampled');
  assert.equal(derivePair(input([1, 2], { score: undefined })).leftOut, 'not_scored');
  const empty = [trajectory(0, 'a'), trajectory(1, '')];
  assert.equal(derivePair(input([2, 1], { trajectories: empty })).leftOut, 'empty_text');
});

test('a failed trajectory is never chosen nor rejected', () => {
  const trajectories = [trajectory(0, '', 'error'), trajectory(1, 'a'), trajectory(2, 'b')];
  const pair = derivePair(input([9, 2, 1], { trajectories }));
  assert.deepEqual([pair.chosen?.index, pair.rejected?.index], [1, 2]);
});

test('an override lies on top of the policy, whose choice stays known', () => {
  const pair = derivePair(input([4, 3, 2, 1], { decisions: [override({ chosen: 2 })] }));
  const { chosen, rejected, policy } = pair;
  assert.ok(chosen && rejected);
  assert.deepEqual([chosen.index, chosen.override?.reviewer, policy.chosen], [2, 'ann', 0]);
  assert.deepEqual([rejected.index, rejected.override], [3, undefined]);
});

test('two overrides that make the texts equal leave the question out', () => {
  const trajectories = [trajectory(0, 'a'), trajectory(1, 'same'), trajectory(2, 'same')];
  const decisions = [override({ chosen: 1, rejected: 2 })];
  assert.equal(derivePair(input([3, 2, 1], { trajectories, decisions })).leftOut, 'equal_texts');
});

test('an override by hand needs no score', () => {
  const pair = derivePair(
    input([1, 2], { score: undefined, decisions: [override({ chosen: 1, rejected: 0 })] }),
  );
  assert.equal(pair.leftOut, undefined);
  assert.equal(pair.margin, undefined);
});
