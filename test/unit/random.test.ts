import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { seededRandom, shuffled } from '../../src/random.ts';

test('gives the sequence that an independent implementation of xoshiro128** gives', () => {
  const random = seededRandom(42, 'rejected', 'q-1');
  assert.deepEqual(
    Array.from({ length: 5 }, () => random.uint32()),
    [3713302027, 2327958177, 3630837952, 2618308779, 3065456512],
  );
});

test('a draw below a limit is uniform and stays below it', () => {
  const random = seededRandom(1);
  const counts = new Array<number>(6).fill(0);
  for (let draw = 0; draw < 60_000; draw++) {
    const value = random.below(6);
    counts[value] = (counts[value] ?? 0) + 1;
  }
  // Chi-squared with 5 degrees of freedom is above 20.5 in one of a thousand sequences.
  const chiSquared = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  assert.ok(chiSquared < 20.5, String(chiSquared));
});

test('a shuffle keeps every item, and leaves what it was given', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.nat(), (items, seed) => {
      const before = [...items];
      const result = shuffled(items, seededRandom(seed));
      assert.deepEqual(items, before);
      assert.deepEqual([...result].sort(), [...items].sort());
      assert.deepEqual(shuffled(items, seededRandom(seed)), result);
    }),
    { seed: 5 },
  );
});
