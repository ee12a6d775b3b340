import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterAnswers } from '../../../src/clusters/answerClusters.ts';
import { clustersFrom, placedAnswers } from '../../../src/clusters/placedAnswers.ts';

test('clusters are the same after they were handed on as places', () => {
  const answer = fc.option(fc.constantFrom('Wye', 'Thomas Wye', '12', 'no', 'Paris', 'London'), {
    nil: undefined,
  });
  const trajectories = fc.uniqueArray(fc.tuple(fc.nat(500), answer), {
    maxLength: 20,
    selector: ([index]) => index,
  });
  fc.assert(
    fc.property(trajectories, (list) => {
      const answers = list
        .sort(([a], [b]) => a - b)
        .map(([index, found]) => ({ index, answer: found, weak: false }));
      const input = { question: '', answers };
      const handedOn = structuredClone(placedAnswers(input));
      const indices = answers.map(({ index }) => index);
      assert.deepEqual(clustersFrom(handedOn, indices), clusterAnswers(input));
    }),
    { seed: 5 },
  );
});
