import assert from 'node:assert/strict';
import { test } from 'node:test';
import { estimateStudy } from '../../../../src/editor/run/estimateStudy.ts';
import { START } from '../../../../src/records/lines.ts';
import { packTrajectories } from '../../../../src/study/packedTrajectories.ts';
import { StudyIndex } from '../../../../src/study/studyIndex.ts';
import { questionState } from '../../../support/questionState.ts';

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
index.apply({
  kind: 'trajectories',
  entries: packTrajectories(trajectories),
  problems: [],
  next: START,
});

const options = { maxTokens: 10, pause: () => Promise.resolve() };

test('what is there up to N is not sampled again, failed ones included', async () => {
  const estimate = async (n: number) => estimateStudy(index, { sampling: 's', n }, options);
  const eight = await estimate(8);
  assert.equal(eight.samples, 5 + 8);
  assert.equal(eight.questions, 2);
  assert.equal(eight.completionTokens, 130);
  assert.equal((await estimate(2)).samples, 0 + 2);
});

test('samples of other parameters do not count', async () => {
  const { samples } = await estimateStudy(index, { sampling: 'other', n: 8 }, options);
  assert.equal(samples, 16);
});
