import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PendingRequests } from '../../../webview/requests.ts';

function manualClock() {
  const tasks = new Set<() => void>();
  return {
    delay: (_ms: number, task: () => void) => {
      tasks.add(task);
      return () => tasks.delete(task);
    },
    waiting: () => tasks.size,
    run: () => {
      for (const task of tasks) task();
    },
  };
}

test('requests are numbered and each settles with its own reply', async () => {
  const clock = manualClock();
  const requests = new PendingRequests(clock.delay, 1000);
  const first = requests.open();
  const second = requests.open();
  assert.notEqual(first.request, second.request);
  requests.settle(second.request, { ok: false, message: 'disk full' });
  requests.settle(first.request, { ok: true });
  assert.deepEqual(await first.settled, { ok: true });
  assert.deepEqual(await second.settled, { ok: false, message: 'disk full' });
  assert.equal(clock.waiting(), 0);
});

test('a request without a reply settles at its timeout, and a late reply changes nothing', async () => {
  const clock = manualClock();
  const requests = new PendingRequests(clock.delay, 15_000);
  const { request, settled } = requests.open();
  clock.run();
  requests.settle(request, { ok: true });
  const result = await settled;
  assert.ok(!result.ok);
  assert.match(result.message, /within 15 s.*not known whether/);
});
