import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Pace, durationText } from '../../src/pace.ts';
import type { StageProgress } from '../../src/stage.ts';

function at(done: number, total = 240, completionTokens = done * 10): StageProgress {
  return { type: 'progress', done, total, unit: 'trajectories', completionTokens };
}

test('a resumed run is measured from where it began, not from zero', () => {
  const pace = new Pace();
  pace.add(at(96), 0);
  assert.equal(pace.msLeft(), undefined);
  pace.add(at(98), 1000);
  assert.equal(pace.tokensPerSecond(), 20);
  assert.equal(pace.msLeft(), ((240 - 98) / 2) * 1000);
});

test('the rate is that of the last minute', () => {
  const pace = new Pace(60_000);
  for (let second = 0; second <= 120; second++)
    pace.add(at(second < 60 ? 0 : second - 60), second * 1000);
  assert.equal(pace.tokensPerSecond(), 10);
});

test('another unit of progress starts a new measure', () => {
  const pace = new Pace();
  pace.add({ type: 'progress', done: 0, total: 100, unit: 'bytes' }, 0);
  pace.add({ type: 'progress', done: 100, total: 100, unit: 'bytes' }, 1000);
  pace.add({ type: 'progress', done: 0, total: 10, unit: 'questions' }, 2000);
  assert.equal(pace.msLeft(), undefined);
});

test('rate and time left are never negative, not a number or infinite', () => {
  const step = fc.record({ done: fc.nat(100), gapMs: fc.nat(5000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const pace = new Pace(10_000);
      let done = 0;
      let now = 0;
      for (const { done: more, gapMs } of steps) {
        done += more;
        now += gapMs;
        pace.add(at(done, 10_000), now);
        for (const value of [pace.tokensPerSecond(), pace.msLeft()])
          assert.ok(value === undefined || (Number.isFinite(value) && value >= 0));
      }
    }),
    { seed: 3 },
  );
});

test('durations are said as one would', () => {
  const said = [4, 41, 62, 130, 3600, 5400, 12_000, 40_000, 200_000].map((s) =>
    durationText(s * 1000),
  );
  assert.deepEqual(said, [
    'a few seconds',
    '50 s',
    '1 min',
    '2 min',
    '60 min',
    '1.5 h',
    '3.3 h',
    '11 h',
    '2 days',
  ]);
});
