import assert from 'node:assert/strict';
import { test } from 'node:test';
import { missingTrajectories } from '../../../../src/editor/run/missing.ts';
import { START } from '../../../../src/records/lines.ts';
import { StudyIndex } from '../../../../src/study/studyIndex.ts';
import { questionState, selection } from '../../../support/questionState.ts';

const index = new StudyIndex();
const entries = ['q', 'other'].map((id, position) => ({
  id,
  question: '?',
  contextTokens: 1,
  documents: 0,
  line: position + 1,
  offset: 0,
  length: 0,
}));
index.apply({ kind: 'questions', entries, problems: [], next: START });
const { trajectories } = questionState([0.9, null, 0.1]);
index.apply({ kind: 'trajectories', entries: [...trajectories], problems: [], next: START });

test('what is there up to N is not sampled again, failed ones included', () => {
  assert.equal(missingTrajectories({ index, selection, expected: 8 }), 5 + 8);
  assert.equal(missingTrajectories({ index, selection, expected: 2 }), 0 + 2);
});

test('samples of other parameters do not count', () => {
  const other = { ...selection, otherSampling: true };
  assert.equal(missingTrajectories({ index, selection: other, expected: 8 }), 16);
});
