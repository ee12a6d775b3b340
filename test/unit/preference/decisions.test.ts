import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decisionsByQuestion,
  redoTarget,
  standing,
  undoTarget,
  verdictOf,
} from '../../../src/preference/decisions.ts';
import type { DecisionRecord } from '../../../src/records/schemas.ts';

let clock = 0;
function decision(more: Partial<DecisionRecord>): DecisionRecord {
  clock += 1;
  const at = new Date(Date.UTC(2026, 0, 1) + clock * 1000).toISOString();
  return {
    id: `d${clock}`,
    question_id: 'q',
    sampling: 's',
    kind: 'override',
    reviewer: 'ann',
    at,
    ...more,
  };
}

test('the latest override of each side counts, whoever made it', () => {
  const list = [
    decision({ chosen: 1 }),
    decision({ rejected: 4, reviewer: 'bob' }),
    decision({ chosen: 2, reviewer: 'bob' }),
  ];
  const active = verdictOf(standing(list, 's'));
  assert.deepEqual([active.chosen?.index, active.chosen?.decision.reviewer], [2, 'bob']);
  assert.equal(active.rejected?.index, 4);
  assert.equal(verdictOf(standing(list, 'other sampling')).chosen, undefined);
});

test('the order of the files does not matter', () => {
  const list = [decision({ chosen: 1 }), decision({ chosen: 2 }), decision({ rejected: 3 })];
  fc.assert(
    fc.property(fc.shuffledSubarray(list, { minLength: 3 }), (merged) => {
      const ordered = decisionsByQuestion(merged).get('q') ?? [];
      assert.deepEqual(ordered, list);
    }),
    { seed: 3 },
  );
});

test('undo and redo walk back and forth as in an editor, each reviewer alone', () => {
  const list = [
    decision({ chosen: 1 }),
    decision({ chosen: 2, reviewer: 'bob' }),
    decision({ chosen: 3 }),
  ];
  const undo = (reviewer: string) => {
    const target = undoTarget(list, 's', reviewer);
    if (target) list.push(decision({ kind: 'undo', target: target.id, reviewer }));
    return target?.chosen;
  };
  const redo = (reviewer: string) => {
    const target = redoTarget(list, 's', reviewer);
    if (target) list.push(decision({ kind: 'redo', target: target.id, reviewer }));
    return target?.chosen;
  };
  const now = () => verdictOf(standing(list, 's')).chosen?.index;

  assert.deepEqual([undo('ann'), now()], [3, 2]);
  assert.deepEqual([undo('ann'), now()], [1, 2]);
  assert.equal(undo('ann'), undefined);
  assert.deepEqual([undo('bob'), now()], [2, undefined]);
  assert.deepEqual([redo('ann'), now()], [1, 1]);
  assert.deepEqual([redo('ann'), now()], [3, 3]);
  assert.equal(redo('ann'), undefined);
  assert.deepEqual([undo('ann'), now()], [3, 1]);
  list.push(decision({ chosen: 7 }));
  assert.equal(redo('ann'), undefined, 'a new decision ends what could be made again');
  assert.equal(now(), 7);
});
