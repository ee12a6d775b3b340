import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ViewClock } from '../../../../src/editor/panels/viewClock.ts';

test('time counts while a question is in view, and begins anew with the next one', () => {
  let now = 1000;
  const clock = new ViewClock(() => now);
  clock.restart(true);
  now += 40;
  clock.setVisible(false);
  now += 500;
  assert.equal(clock.elapsedMs(), 40);
  clock.setVisible(true);
  clock.setVisible(true);
  now += 2;
  assert.equal(clock.elapsedMs(), 42);
  clock.restart(false);
  now += 9;
  assert.equal(clock.elapsedMs(), 0);
});
