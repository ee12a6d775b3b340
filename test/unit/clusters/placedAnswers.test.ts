import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterAnswers, type ClusterInput } from '../../../src/clusters/answerClusters.ts';
import { QuestionPacker, unpackedQuestions } from '../../../src/clusters/packedQuestions.ts';
import { clustersFrom, placedAnswers } from '../../../src/clusters/placedAnswers.ts';

const other: ClusterInput = {
  question: 'Who?',
  answers: [{ index: 3, answer: 'Paris', weak: true }],
  relations: [],
};

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
        .map(([index, found]) => ({ index, answer: found, weak: index % 2 === 0 }));
      const input = { question: 'Where?', answers, relations: [{ same: true, answers: ['12'] }] };
      const packer = new QuestionPacker();
      for (const each of [other, input]) packer.add(each);
      const [, unpacked = other] = unpackedQuestions(structuredClone(packer.packed()));
      assert.deepEqual(unpacked, input);
      const handedOn = structuredClone(placedAnswers(unpacked));
      const indices = answers.map(({ index }) => index);
      assert.deepEqual(clustersFrom(handedOn, indices), clusterAnswers(input));
    }),
    { seed: 5 },
  );
});
