import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNode, StudyNodes } from '../../../../src/editor/tree/nodes.ts';
import { orderQuestions } from '../../../../src/editor/tree/order.ts';

const ids = ['q-10', 'q-9', 'b', 'a'];
const margins = new Map([
  ['q-10', 0.3],
  ['b', 0.1],
  ['a', undefined],
]);

test('questions are sorted by file, by id as people count, and by margin with those without one last', () => {
  assert.deepEqual(orderQuestions(ids, 'file', margins), ids);
  assert.deepEqual(orderQuestions(ids, 'id', margins), ['a', 'b', 'q-9', 'q-10']);
  assert.deepEqual(orderQuestions(ids, 'margin', margins), ['b', 'q-10', 'q-9', 'a']);
});

test('a row is the same object each time it is asked for, whatever its id', () => {
  const nodes = new StudyNodes('/s');
  assert.equal(nodes.question('__proto__'), nodes.question('__proto__'));
  assert.equal(nodes.trajectory('a', 3), nodes.trajectory('a', 3));
  assert.notEqual(nodes.trajectory('a', 3), nodes.trajectory('a', 4));
});

test('only rows are taken for rows', () => {
  const nodes = new StudyNodes('/s');
  for (const node of [
    nodes.study,
    nodes.problems,
    nodes.loading,
    nodes.question('a'),
    nodes.trajectory('a', 1),
  ])
    assert.equal(isNode(node), true);
  for (const other of [
    undefined,
    null,
    'study',
    {},
    { type: 'study' },
    { type: 'question', dir: '/s' },
    { type: 'other', dir: '/s' },
  ])
    assert.equal(isNode(other), false);
});
