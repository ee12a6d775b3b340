import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RateMeter } from '../../../src/endpoint/rateMeter.ts';

function rateOf(...marks: [second: number, done: number][]): number | undefined {
  const meter = new RateMeter();
  for (const [second, done] of marks)
    meter.add({ type: 'progress', done, total: 65536, unit: 'trajectories' }, second * 1000);
  return meter.samplesPerSecond();
}

test('the rate of a run counts what it added, over its whole time', () => {
  assert.equal(rateOf([0, 4096], [50, 4296], [100, 4796]), 7);
});

test('a run of a few samples or a moment says nothing of a rate', () => {
  assert.equal(rateOf(), undefined);
  assert.equal(rateOf([0, 0]), undefined);
  assert.equal(rateOf([0, 0], [60, 7]), undefined);
  assert.equal(rateOf([0, 0], [0.5, 64]), undefined);
});
