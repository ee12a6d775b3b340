import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extensionOf } from '../../../../src/editor/cluster/extensionOf.ts';
import { SealongError } from '../../../../src/errors.ts';

test('more steps, epochs and time are read, in any order', () => {
  assert.deepEqual(extensionOf(' time=24:00:00  steps=800'), { time: '24:00:00', steps: 800 });
  assert.deepEqual(extensionOf('epochs=2'), { epochs: 2 });
  assert.deepEqual(extensionOf(''), {});
});

test('another word is named', () => {
  for (const text of ['epochs=0', 'steps=1e3', 'epochs', 'lr=1'])
    assert.throws(
      () => extensionOf(text),
      (error) => error instanceof SealongError && error.message.includes(text),
    );
});
