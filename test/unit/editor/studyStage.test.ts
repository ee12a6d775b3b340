import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studyStage } from '../../../src/editor/studyStage.ts';
import type { QuestionState } from '../../../src/preference/studyPairs.ts';
import { StudyIndex } from '../../../src/study/studyIndex.ts';
import { START } from '../../../src/records/lines.ts';
import { questionState } from '../../support/questionState.ts';

const scored = questionState([0.9, 0.8]);
const sampled: QuestionState = { ...scored, score: undefined };
const partial: QuestionState = { ...sampled, trajectories: sampled.trajectories.slice(0, 1) };
const refused = questionState([null, null]);

async function stageOf(
  states: readonly QuestionState[],
  exported = false,
  expected = 2,
  blind = false,
) {
  const index = new StudyIndex();
  const entries = states.map((_, position) => ({
    id: String(position),
    question: '?',
    contextTokens: 1,
    documents: 0,
    line: position + 1,
    offset: 0,
    length: 0,
  }));
  index.apply({ kind: 'questions', entries, problems: [], next: START });
  const passingState = (id: string) => states[Number(id)] ?? refused;
  return studyStage({ index, expected, passingState, blind }, exported, () => Promise.resolve());
}

test('the next step is the first that is not done for every question', async () => {
  assert.equal(await stageOf([]), 'empty');
  assert.equal(await stageOf([partial, partial]), 'unsampled');
  assert.equal(await stageOf([sampled, partial]), 'unsampled');
  assert.equal(await stageOf([sampled, sampled]), 'sampled');
  assert.equal(await stageOf([scored, partial]), 'unsampled');
  assert.equal(await stageOf([scored, sampled]), 'sampled');
  assert.equal(await stageOf([scored, scored]), 'scored');
  assert.equal(await stageOf([scored, scored], true), 'exported');
  assert.equal(await stageOf([scored, scored], true, 2, true), 'blind');
  assert.equal(await stageOf([scored, sampled], false, 2, true), 'sampled');
});

test('a question whose every sample was refused holds nothing up', async () => {
  assert.equal(await stageOf([scored, refused]), 'scored');
});

test('one answer a question is not scored, but exported', async () => {
  assert.equal(await stageOf([partial, partial], false, 1), 'scored');
  assert.equal(await stageOf([partial, partial], true, 1), 'exported');
});

test('the trajectories of a question that is scored are not made', async () => {
  const asked: QuestionState = {
    ...scored,
    get trajectories(): never {
      throw new Error('They were asked for.');
    },
  };
  assert.equal(await stageOf([asked]), 'scored');
});
