import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultWorkers } from '../../../../src/scoring/embedding/parallelism.ts';

const GB = 1e9;

test('there is one worker a core, less one, as far as memory allows, and at least one', () => {
  assert.equal(defaultWorkers(8, 16 * GB, 0.09 * GB), 7);
  assert.equal(defaultWorkers(8, 16 * GB, 2.3 * GB), 3);
  assert.equal(defaultWorkers(8, 1 * GB, 2.3 * GB), 1);
  assert.equal(defaultWorkers(1, 16 * GB, 0.09 * GB), 1);
});
