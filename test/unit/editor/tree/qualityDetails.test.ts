import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flawFacts, qualityDetails } from '../../../../src/editor/tree/qualityDetails.ts';
import { qualityOf } from '../../../../src/sampling/quality.ts';
import { questionState } from '../../../support/questionState.ts';

test('a tooltip says what samples are like, with the reason of failures and their lengths', () => {
  const { trajectories } = questionState([0.9, 0.8, 0.7, null]);
  const [first, second, , failed] = trajectories;
  assert.ok(first && second && failed);
  Object.assign(first, { finishReason: 'length', completionTokens: 1024 });
  Object.assign(second, { refused: true, attempts: 2 });
  Object.assign(failed, { error: 'lab: the prompt does not fit' });
  const quality = qualityOf(trajectories);
  assert.deepEqual(
    qualityDetails(quality).map(({ term, value }) => `${term}: ${value}`),
    [
      'Flaws: 1 failed, 1 refused, 1 truncated',
      'Failed because: lab: the prompt does not fit',
      'At a later attempt: 1',
      'Tokens: median 7, from 7 to 1,024',
    ],
  );
  assert.deepEqual(flawFacts(quality), ['1 truncated', '1 refused']);
});

test('samples without flaws say so, and none say nothing', () => {
  const { trajectories } = questionState([0.9, 0.8]);
  assert.equal(qualityDetails(qualityOf(trajectories))[0]?.value, 'none found');
  assert.deepEqual(qualityDetails(qualityOf([])), []);
});
