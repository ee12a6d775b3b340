import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RequestQueue } from '../../../src/inference/requestQueue.ts';

const never = new AbortController().signal;

/** Enters all at once and serves one after the other; returns the order of service. */
async function serve(prompts: readonly string[]): Promise<string[]> {
  const queue = new RequestQueue();
  const order: string[] = [];
  await Promise.all(
    prompts.map(async (prompt, index) => {
      const leave = await queue.enter(prompt, never);
      order.push(`${prompt}${index}`);
      await Promise.resolve();
      leave();
    }),
  );
  return order;
}

test('requests with the prompt just served go first, the others in order of arrival', async () => {
  assert.deepEqual(await serve(['a', 'b', 'a', 'c', 'b', 'a']), [
    'a0',
    'a2',
    'a5',
    'b1',
    'b4',
    'c3',
  ]);
});

test('a request is overtaken 16 times and no more', async () => {
  const order = await serve(['a', 'b', ...Array.from({ length: 40 }, () => 'a')]);
  assert.equal(order.indexOf('b1'), 17);
});

test('one that is cancelled while it waits leaves the queue, and the next is served', async () => {
  const queue = new RequestQueue();
  const leave = await queue.enter('a', never);
  const cancel = new AbortController();
  const cancelled = queue.enter('b', cancel.signal);
  const last = queue.enter('c', never);
  cancel.abort(new Error('gone'));
  await assert.rejects(cancelled, /gone/u);
  assert.equal(queue.length, 1);
  leave();
  leave();
  (await last)();
  assert.equal(queue.length, 0);
});
