import assert from 'node:assert/strict';
import { test } from 'node:test';
import { spreadOut } from '../../../../webview/charts/spreadOut.ts';

test('labels keep their order, and none lies on another or below the chart', () => {
  assert.deepEqual(spreadOut([100, 100, 20], 332), [100, 117, 20]);
  assert.deepEqual(spreadOut([331, 332], 332), [315, 332]);
});
