import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NumberPool } from '../../../src/study/numberPool.ts';

test('lists come back as they were added, also long ones and those put in the place of others', () => {
  const pool = new NumberPool();
  const lists = [3, 40_000, 40_000, 0, 100_000, 5].map((length, list) =>
    Array.from({ length }, (_, position) => list + position / 7),
  );
  const places = lists.map((list) => pool.add(list));
  for (const [number, list] of lists.entries())
    assert.deepEqual(pool.at(places[number] ?? -1, list.length), list);
  const [first = -1, second = -1] = places;
  pool.replace(first, [0.1, 0.2, 0.3]);
  assert.deepEqual(pool.at(first, 3), [0.1, 0.2, 0.3]);
  assert.deepEqual(pool.at(second, 40_000), lists[1]);
});
