import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeDecision } from '../../../src/preference/recordDecision.ts';
import type { QuestionState } from '../../../src/preference/studyPairs.ts';
import type { DecisionRecord } from '../../../src/records/schemas.ts';
import { blindNumbers, renumbered, withActualNumbers } from '../../../src/review/blindNumbers.ts';
import { blindState } from '../../../src/review/blindState.ts';
import { questionState, selection } from '../../support/questionState.ts';

/** Two answers of a dataset, the chosen one first, as it is imported. */
function imported(decisions: readonly DecisionRecord[] = [], questionId = 'q'): QuestionState {
  const state = questionState([0.9, 0.8], decisions);
  const trajectories = state.trajectories.map((entry, place) => ({
    ...entry,
    answer: place === 0 ? 'Thomas Wye' : 'Wye',
    imported: { as: place === 0 ? ('chosen' as const) : ('rejected' as const) },
  }));
  return { ...state, questionId, trajectories };
}

/** A reviewer who sees the chosen answer under another number than the file's. */
const ANN =
  ['ada', ...Array.from({ length: 20 }, (_, at) => `ann-${at}`)].find(
    (name) => blindNumbers(imported(), name)?.shown(0) === 1,
  ) ?? '';

const seenBy = (state: QuestionState, me: string) => {
  const numbers = blindNumbers(state, me);
  assert.ok(numbers);
  return renumbered(blindState(state, me), numbers);
};

test('blind, the number of a dataset’s answer says nothing of its side, and stays the same', () => {
  const first = (me: string) =>
    Array.from({ length: 400 }, (_, at) => {
      const numbers = blindNumbers(imported([], `q-${at}`), me);
      assert.equal(numbers?.actual(numbers.shown(0)), 0);
      return numbers.shown(0);
    });
  const zeros = first('ada').filter((number) => number === 0).length;
  assert.ok(zeros > 150 && zeros < 250, `${zeros} of 400 chosen answers are #00`);
  assert.deepEqual(first('ada'), first('ada'));
  assert.notDeepEqual(first('ada'), first('ben'), 'each reviewer has their own');
});

test('samples keep their numbers, which tell nothing', () => {
  assert.equal(blindNumbers(questionState([0.9, 0.8]), 'ada'), undefined);
});

test('what stands first among answers goes by the numbers shown as well', () => {
  const labels = (state: QuestionState) => state.clusters.clusters.map(({ label }) => label);
  const two = (first: string, second: string) => {
    const state = imported();
    const trajectories = state.trajectories.map((entry, place) => ({
      ...entry,
      answer: place === 0 ? first : second,
    }));
    return seenBy({ ...state, trajectories }, ANN);
  };
  assert.deepEqual(labels(two('Ada Morven', 'Thomas Wye')), ['Thomas Wye', 'Ada Morven']);
  assert.deepEqual(
    two('Ada Morven', 'Thomas Wye').trajectories.map(({ index, answer }) => [index, answer]),
    [
      [0, 'Thomas Wye'],
      [1, 'Ada Morven'],
    ],
  );
});

test('a decision by the numbers shown is kept by those of the files, and shown as it was made', () => {
  const state = imported();
  const numbers = blindNumbers(state, ANN);
  assert.ok(numbers);
  const stamp = { reviewer: ANN, id: 'd', at: new Date('2026-05-01') };
  const request = { kind: 'override', chosen: 0, rejected: 1, blind: true } as const;
  const record = makeDecision(
    state,
    selection,
    withActualNumbers(request, numbers),
    stamp,
    blindState(state, ANN),
  );
  assert.deepEqual([record.chosen, record.rejected], [1, 0], 'against the dataset');
  const seen = seenBy(imported([record]), ANN);
  assert.deepEqual([seen.pair.chosen?.index, seen.pair.rejected?.index], [0, 1]);
  assert.deepEqual([seen.decisions[0]?.chosen, seen.decisions[0]?.result?.chosen], [0, 0]);
  assert.deepEqual(seen.pair.opinions[0]?.pair, { chosen: 0, rejected: 1 });
  assert.deepEqual(withActualNumbers({ kind: 'answer', index: 0, answer: 'Wye' }, numbers), {
    kind: 'answer',
    index: 1,
    answer: 'Wye',
  });
});
