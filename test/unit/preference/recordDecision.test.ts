import assert from 'node:assert/strict';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { SealongError } from '../../../src/errors.ts';
import {
  appendDecision,
  makeDecision,
  overrideSides,
  type DecisionRequest,
} from '../../../src/preference/recordDecision.ts';
import { blindState } from '../../../src/review/blindState.ts';
import { readAllRecords } from '../../../src/records/jsonl.ts';
import { decisionSchema, type DecisionRecord } from '../../../src/records/schemas.ts';
import { studyPaths } from '../../../src/study/study.ts';
import { questionState, selection } from '../../support/questionState.ts';
import { withFolder } from '../../support/temporary.ts';

const scores = [0.9, 0.8, 0.2, null];
const now = new Date('2026-05-01T10:00:00Z');

function decide(request: DecisionRequest, decisions: DecisionRecord[] = [], reviewer = 'ann') {
  const stamp = { reviewer, id: `d${decisions.length}`, at: now };
  return makeDecision(questionState(scores, decisions), selection, request, stamp);
}

function code(request: DecisionRequest, decisions: DecisionRecord[] = []): string | undefined {
  try {
    decide(request, decisions);
    return undefined;
  } catch (error) {
    return error instanceof SealongError ? error.code : 'other';
  }
}

test('an override keeps what was shown and what was before', () => {
  const record = decide({
    ...{ kind: 'override', chosen: 1, reason: 'Better answer', order: 'score' },
    durationMs: 4200.4,
  });
  assert.deepEqual(decisionSchema.parse(record), record);
  assert.deepEqual(record, {
    v: 1,
    id: 'd0',
    question_id: 'q',
    sampling: 's',
    kind: 'override',
    chosen: 1,
    verdict: 'change',
    reason: 'Better answer',
    previous: { chosen: 0, rejected: 2 },
    reviewer: 'ann',
    at: '2026-05-01T10:00:00.000Z',
    duration_ms: 4200,
    shown: { scorer: 'mbr_embedding', config: 'c', order: 'score', chosen: 0, rejected: 2 },
    result: { chosen: 1, rejected: 2 },
  });
});

test('a trajectory that failed, does not exist or stands on both sides is refused', () => {
  assert.equal(code({ kind: 'override', chosen: 3 }), 'failed_trajectory');
  assert.equal(code({ kind: 'override', rejected: 9 }), 'no_trajectory');
  assert.equal(code({ kind: 'override', chosen: 1, rejected: 1 }), 'same_trajectory');
  assert.equal(code({ kind: 'override' }), 'same_trajectory');
});

test('undo and redo name the override they are about, and only the reviewer their own', () => {
  const made = decide({ kind: 'override', chosen: 1 });
  const undone = decide({ kind: 'undo' }, [made]);
  assert.equal(undone.target, made.id);
  const redone = decide({ kind: 'redo' }, [made, undone]);
  assert.equal(redone.target, made.id);
  assert.equal(questionState(scores, [made, undone, redone]).pair.chosen?.index, 1);
  assert.equal(code({ kind: 'undo' }), 'nothing_to_undo');
  assert.equal(code({ kind: 'redo' }, [made]), 'nothing_to_redo');
  assert.throws(() => decide({ kind: 'undo' }, [made], 'bob'), /bob/);
});

test('decisions stay in the order in which they were made when the clock stands still or goes back', () => {
  const kinds = fc.constantFrom<DecisionRequest>(
    { kind: 'override', chosen: 1 },
    { kind: 'override', chosen: 2, rejected: 0 },
    { kind: 'undo' },
    { kind: 'redo' },
  );
  fc.assert(
    fc.property(fc.array(kinds, { maxLength: 12 }), (requests) => {
      const made: DecisionRecord[] = [];
      for (const request of requests)
        if (code(request, made) === undefined) made.push(decide(request, made));
      const ids = questionState(scores, [...made].reverse()).decisions.map(({ id }) => id);
      assert.deepEqual(
        ids,
        made.map(({ id }) => id),
      );
    }),
    { seed: 3 },
  );
});

test('choosing the rejected one swaps the two; what is so already is no decision', () => {
  const state = questionState(scores);
  assert.deepEqual(overrideSides(state, 'chosen', 2), { chosen: 2, rejected: 0 });
  assert.deepEqual(overrideSides(state, 'rejected', 1), { rejected: 1 });
  assert.equal(overrideSides(state, 'chosen', 0), undefined);
});

test('a decision is appended to the file of its reviewer, after a torn line was mended', () =>
  withFolder(async (folder) => {
    const paths = studyPaths(folder);
    const file = paths.decisionFile('ann');
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, '{"id": "to');
    const first = decide({ kind: 'override', chosen: 1 });
    await appendDecision(paths, first);
    await appendDecision(paths, decide({ kind: 'undo' }, [first]));
    const { records, problems } = await readAllRecords(file, decisionSchema);
    assert.deepEqual(
      records.map(({ value }) => value.kind),
      ['override', 'undo'],
    );
    assert.deepEqual(problems, []);
    assert.ok((await readFile(file, 'utf8')).endsWith('\n'));
  }));

test('blind, one agrees to and swaps the pair that one sees: one\u2019s own, whatever others made of it', () => {
  const mine: DecisionRecord = decide({ kind: 'override', chosen: 1, rejected: 0 });
  const others: DecisionRecord = {
    ...decide({ kind: 'override', chosen: 2, rejected: 1 }, [mine], 'bob'),
    id: 'bob',
  };
  const state = questionState(scores, [mine, others]);
  const stamp = { reviewer: 'ann', id: 'x', at: now };
  const seen = blindState(state, 'ann');
  const swap = makeDecision(state, selection, { kind: 'swap', blind: true }, stamp, seen);
  assert.deepEqual([swap.chosen, swap.rejected], [0, 1]);
  assert.deepEqual(swap.previous, { chosen: 1, rejected: 0 });
  assert.deepEqual(swap.shown, {
    scorer: null,
    config: null,
    blind: true,
    chosen: 1,
    rejected: 0,
  });
  const agree = makeDecision(state, selection, { kind: 'agree' }, stamp, seen);
  assert.deepEqual([agree.chosen, agree.rejected], [1, 0]);
  const first = blindState(questionState(scores), 'ann');
  assert.throws(
    () => makeDecision(questionState(scores), selection, { kind: 'agree' }, stamp, first),
    /no pair to decide on/,
  );
});
