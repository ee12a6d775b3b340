import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNode, StudyNodes } from '../../../../src/editor/tree/nodes.ts';

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
