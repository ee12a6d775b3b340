import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { ChangeBuffer } from '../../../../src/editor/store/changeBuffer.ts';

test('the first change is told at once, those that follow together after the interval', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  const told: [string, unknown][] = [];
  const buffer = new ChangeBuffer<string>((subject, questions) => told.push([subject, questions]));
  buffer.add('s', new Set(['a']));
  buffer.add('s', new Set(['b']));
  buffer.add('s', new Set(['c']));
  buffer.add('other', 'all');
  assert.deepEqual(told, [
    ['s', new Set(['a'])],
    ['other', 'all'],
  ]);
  mock.timers.tick(100);
  assert.deepEqual(told.slice(2), [['s', new Set(['b', 'c'])]]);
  buffer.add('s', new Set(['d']));
  buffer.add('s', 'all');
  buffer.add('s', new Set(['e']));
  mock.timers.tick(100);
  assert.deepEqual(told.slice(3), [['s', 'all']]);
  mock.timers.tick(1000);
  buffer.add('s', new Set());
  assert.deepEqual(told.slice(4), [['s', new Set()]]);
  mock.timers.reset();
});

test('after dispose nothing is told', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  let told = 0;
  const buffer = new ChangeBuffer<string>(() => (told += 1));
  buffer.add('s', 'all');
  buffer.add('s', 'all');
  buffer.dispose();
  mock.timers.tick(1000);
  assert.equal(told, 1);
  mock.timers.reset();
});
