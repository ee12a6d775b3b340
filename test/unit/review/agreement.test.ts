import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Opinion, OpinionVerdict } from '../../../src/preference/settle.ts';
import { agreement, cohenKappa, krippendorffAlpha } from '../../../src/review/agreement.ts';
import { atOnce } from '../../../src/review/atOnce.ts';

const repeat = (a: string, b: string, times: number) =>
  Array.from({ length: times }, (): [string, string] => [a, b]);

function table(yesYes: number, yesNo: number, noYes: number, noNo: number) {
  return [
    ...[...repeat('y', 'y', yesYes), ...repeat('y', 'n', yesNo)],
    ...[...repeat('n', 'y', noYes), ...repeat('n', 'n', noNo)],
  ];
}

test("Cohen's kappa is that of worked examples", () => {
  assert.equal(cohenKappa(table(20, 5, 10, 15))?.toFixed(4), '0.4000');
  assert.equal(cohenKappa(table(45, 15, 25, 15))?.toFixed(4), '0.1304');
  assert.equal(cohenKappa(table(25, 35, 5, 35))?.toFixed(4), '0.2593');
  assert.equal(cohenKappa(table(0, 5, 5, 0)), -1);
  assert.equal(cohenKappa(table(7, 0, 0, 0)), null);
  assert.equal(cohenKappa([]), null);
});

/** Ratings of each unit from one line of letters a rater; "." is missing. */
function units(...raters: string[]): string[][] {
  const length = raters[0]?.length ?? 0;
  return Array.from({ length }, (_, unit) =>
    raters.map((line) => line.charAt(unit)).filter((rating) => rating !== '.'),
  );
}

test("Krippendorff's alpha is that of the examples of his paper of 2011", () => {
  assert.equal(krippendorffAlpha(units('0100000010', '1110010000'))?.toFixed(3), '0.095');
  assert.equal(krippendorffAlpha(units('aabbdcccedda', 'babbbccceddd'))?.toFixed(3), '0.692');
  const four = units('123321412...', '1233224125.3', '.3332342251.', '12332441251.');
  assert.equal(krippendorffAlpha(four)?.toFixed(3), '0.743');
  assert.equal(krippendorffAlpha(units('aaa', 'aaa')), null);
  assert.equal(krippendorffAlpha([['a'], ['b']]), null);
});

function opinion(reviewer: string, verdict: OpinionVerdict, chosen = 0): Opinion {
  const own = { chosen: undefined, rejected: undefined, leaveOut: undefined, last: undefined };
  const pair = verdict === 'leave_out' ? null : { chosen, rejected: 5 };
  return { reviewer, verdict, pair, own, at: '2026' };
}

test('two who override to different trajectories agree in verdict and are in dispute all the same', () => {
  const steps = agreement(
    new Map([
      ['q1', [opinion('ann', 'keep'), opinion('bob', 'keep')]],
      ['q2', [opinion('ann', 'change', 1), opinion('bob', 'change', 2)]],
      ['q3', [opinion('ann', 'leave_out'), opinion('bob', 'keep'), opinion('eve', 'keep')]],
      ['q4', [opinion('ann', 'keep')]],
    ]),
  );
  const result = atOnce(steps);
  assert.deepEqual(result.disputed, ['q2', 'q3']);
  assert.equal(result.questions, 3);
  assert.deepEqual(result.reviewers, [
    { reviewer: 'ann', questions: 4 },
    { reviewer: 'bob', questions: 3 },
    { reviewer: 'eve', questions: 1 },
  ]);
  assert.equal(result.same_verdict, 3 / 5);
  assert.equal(result.same_pair, 2 / 5);
  assert.deepEqual(
    result.between.map(({ a, b, questions }) => [a, b, questions]),
    [
      ['ann', 'bob', 3],
      ['ann', 'eve', 1],
      ['bob', 'eve', 1],
    ],
  );
  assert.equal(result.between[0]?.kappa?.toFixed(3), '0.500');
});
