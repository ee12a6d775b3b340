import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  fromPanelSchema,
  numberedSchema,
  savedPanelSchema,
} from '../../../../src/editor/panels/panelMessages.ts';

test('what the panel asks for is understood', () => {
  const bodies = [
    { type: 'override', questionId: 'q', chosen: 1, order: 'score' },
    { type: 'override', questionId: 'q', chosen: 1, rejected: 2, reason: 'why', order: 'sample' },
    { type: 'undo', questionId: 'q' },
    { type: 'navigate', by: -1 },
    { type: 'openTrajectory', questionId: 'q', index: 3 },
    { type: 'openContext', questionId: 'q' },
  ];
  for (const body of bodies) {
    const message = { type: 'request', request: 1, body };
    assert.deepEqual(fromPanelSchema.parse(message), message);
  }
  assert.ok(fromPanelSchema.safeParse({ type: 'ready' }).success);
});

test('anything else is refused, with its number known where it has one', () => {
  const bad = [
    null,
    'ready',
    { type: 'request', request: 1, body: { type: 'navigate', by: 5 } },
    { type: 'request', request: 1, body: { type: 'openContext', questionId: '../../etc' } },
    {
      type: 'request',
      request: 1,
      body: { type: 'override', questionId: 'q', chosen: -1, order: 'score' },
    },
    { type: 'request', request: 1, body: { type: 'run', command: 'rm' } },
  ];
  for (const message of bad) assert.ok(!fromPanelSchema.safeParse(message).success);
  assert.equal(numberedSchema.safeParse(bad[2]).data?.request, 1);
});

test('a saved panel needs a study and a question', () => {
  assert.ok(savedPanelSchema.safeParse({ study: '/s', questionId: 'q', order: 'score' }).success);
  assert.ok(!savedPanelSchema.safeParse(undefined).success);
  assert.ok(!savedPanelSchema.safeParse({ study: '/s' }).success);
});
