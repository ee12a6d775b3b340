import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TimeSlices } from '../../../../src/editor/store/timeSlices.ts';

test('steps come to what they come to at once, and let others in between', async () => {
  const seen: string[] = [];
  function* steps() {
    for (let step = 0; step < 3; step++) {
      seen.push(`step ${step}`);
      setImmediate(() => seen.push(`other ${step}`));
      yield;
    }
    return 'done';
  }
  // A slice of no time is spent at once.
  assert.equal(await new TimeSlices(0).run(steps()), 'done');
  assert.deepEqual(
    seen.filter((each) => each !== 'other 2'),
    ['step 0', 'other 0', 'step 1', 'other 1', 'step 2'],
  );
});
