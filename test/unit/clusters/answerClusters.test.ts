import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  answerWordings,
  clusterAnswers,
  entropyBits,
  type AnswerRelation,
} from '../../../src/clusters/answerClusters.ts';
import { normalForm } from '../../../src/clusters/normalForm.ts';

function clusters(
  answers: readonly (string | null)[],
  more: { question?: string; weak?: boolean } = {},
) {
  const { question = '', weak = false } = more;
  return clusterAnswers({
    question,
    answers: answers.map((answer, index) => ({ index, answer: answer ?? undefined, weak })),
  });
}
const labels = (answers: readonly (string | null)[], more = {}) =>
  clusters(answers, more).clusters.map(({ label, indices }) => [label, indices.length]);

test('one form for equal answers: case, articles, numbers in words, dates in any order', () => {
  const equal: [string, string][] = [
    ['The Velland School.', 'velland school'],
    ['twenty-one ships', '21 ships'],
    ['5 April 1912', 'April 5th, 1912'],
    ['1912-04-05', '5 Apr 1912'],
    ['1,200', '1200'],
    ['12 %', '12 percent'],
  ];
  for (const [a, b] of equal) assert.equal(normalForm(a), normalForm(b), `${a} and ${b}`);
  assert.notEqual(normalForm('3.5'), normalForm('35'));
});

test('answers are one when equal, contained or nearly equal, and never for a number', () => {
  assert.deepEqual(labels(['Thomas Wye', 'Wye', 'thomas wye', 'Thomas Wyle Morven']), [
    ['Thomas Wye', 3],
    ['Thomas Wyle Morven', 1],
  ]);
  assert.deepEqual(labels(['Marrowport', 'Marowport', 'Marrowport']), [['Marrowport', 3]]);
  assert.deepEqual(labels(['1834', '1835', '1834']), [
    ['1834', 2],
    ['1835', 1],
  ]);
  assert.deepEqual(labels(['no', 'There is no bridge']).length, 2);
});

test('an answer that contains two different ones joins neither', () => {
  assert.deepEqual(labels(['Paris', 'London', 'Paris', 'Paris or London']).length, 3);
});

test('whole sentences are compared without the words of the question', () => {
  const question = 'Who built the Gannet Light?';
  const answers = [
    'The Gannet Light was built by Hanna Imber',
    'Hanna Imber built the Gannet Light',
    'The passage mentions several engineers, lenses, lamps and keepers of the Gannet Light',
  ];
  const { clusters: found, unclear } = clusters(answers, { question, weak: true });
  assert.deepEqual(found, [{ label: 'Hanna Imber', indices: [0, 1] }]);
  assert.deepEqual(unclear, [2], 'a sentence that nobody else says is no answer');
});

test('entropy is in bits and counts those without an answer as one more', () => {
  const answers = [...Array<string>(19).fill('Wye'), ...Array<string>(9).fill('Morven')];
  const result = clusters([...answers, null, null, null, null]);
  assert.equal(result.entropy.toFixed(1), '1.3');
  assert.equal(entropyBits([4, 4]), 1);
  assert.equal(entropyBits([7]), 0);
  assert.equal(entropyBits([]), 0);
});

test('a reviewer makes two clusters one', () => {
  const answers = ['NYC', 'New York City', 'Boston'].map((answer, index) => ({
    ...{ index, answer, weak: false },
  }));
  const relations = [{ same: true, answers: ['NYC', 'New York City'] }];
  assert.deepEqual(
    clusterAnswers({ answers, question: '', relations }).clusters.map(({ indices }) => indices),
    [[0, 1], [2]],
  );
});

test('a reviewer takes a cluster apart, and the last that is said of two answers counts', () => {
  const answers = ['Wye', 'Wye', 'Thomas Wye', 'Ann Wye'].map((answer, index) => ({
    ...{ index, answer, weak: false },
  }));
  const found = (...relations: AnswerRelation[]) =>
    clusterAnswers({ answers, question: '', relations }).clusters.map(({ indices }) => indices);
  const apart = { same: false, answers: ['Ann Wye', 'Wye'] };
  assert.deepEqual(found(), [[0, 1, 2, 3]]);
  assert.deepEqual(found(apart), [[0, 1, 2], [3]]);
  assert.deepEqual(found(apart, { same: true, answers: ['wye', 'Ann Wye'] }), [[0, 1, 2, 3]]);
  // Neither is what the cluster is called after: the one that comes first stays.
  assert.deepEqual(found({ same: false, answers: ['Ann Wye', 'Thomas Wye'] }), [[0, 1, 3], [2]]);
});

test('what is left of a sentence does not end within a bracket', () => {
  const answer =
    'The organization that sets the standards is ISO 3166-1 (also known as ISO 3166-11).';
  const question = 'Which organization sets the standards?';
  const wordings = answerWordings({ answers: [{ index: 0, answer, weak: true }], question });
  assert.equal(wordings.get(0), 'ISO 3166-1');
});

test('answers that are equal in normal form have one wording', () => {
  const answers = ['Wye', 'wye.', undefined, 'Thomas Wye'].map((answer, index) => ({
    ...{ index, answer, weak: false },
  }));
  const wordings = answerWordings({ answers, question: 'Who?' });
  assert.deepEqual(
    [...wordings],
    [
      [0, 'Wye'],
      [1, 'Wye'],
      [3, 'Thomas Wye'],
    ],
  );
});

test('every trajectory is in one cluster or unclear, in whatever order they come', () => {
  const answer = fc.option(fc.constantFrom('Wye', 'Thomas Wye', '12', '12 ships', 'no', 'Paris'));
  fc.assert(
    fc.property(fc.array(answer, { maxLength: 20 }), (answers) => {
      const { clusters: found, unclear, byIndex } = clusters(answers);
      const all = [...found.flatMap(({ indices }) => indices), ...unclear].sort((a, b) => a - b);
      assert.deepEqual(all, [...answers.keys()]);
      assert.equal(byIndex.size, answers.length - unclear.length);
      const sizes = found.map(({ indices }) => indices.length);
      assert.deepEqual(
        sizes,
        [...sizes].sort((a, b) => b - a),
      );
    }),
    { seed: 3 },
  );
});
