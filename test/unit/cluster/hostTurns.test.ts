import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Clock } from '../../../src/clock.ts';
import { forgetLooks, HostTurns } from '../../../src/cluster/hostTurns.ts';

const { signal } = new AbortController();
let folder: string;
let nowMs = 1_000_000;
/** Only tests move it. */
const clock: Clock = {
  now: () => new Date(nowMs),
  sleep: () => new Promise((resolve) => setImmediate(resolve)),
};
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sealong-test-'));
  process.env['SEALONG_CACHE'] = folder;
});
after(() => rm(folder, { recursive: true, force: true }));

const look = () => Promise.resolve('seen');

test('followers of one host look together as often as one would, in turns', async () => {
  const [one, other] = [new HostTurns('turns', clock), new HostTurns('turns', clock)];
  assert.deepEqual(await one.ifDue(10_000, ['a'], look), { value: 'seen' });
  nowMs += 4_000;
  assert.deepEqual(await other.ifDue(10_000, ['b'], look), { waitMs: 6_000 });
  // Who looked last lets others go first.
  assert.deepEqual(await one.ifDue(10_000, ['a'], look), { waitMs: 6_500 });
  nowMs += 6_000;
  assert.deepEqual(await one.ifDue(10_000, ['a'], look), { waitMs: 500 });
  assert.deepEqual(await other.ifDue(10_000, ['b'], look), { value: 'seen' });
  assert.deepEqual(await one.ifDue(10_000, ['a'], look), { waitMs: 10_000 });
  // Another host has turns of its own.
  assert.deepEqual(await new HostTurns('else', clock).ifDue(10_000, [], look), { value: 'seen' });
});

test('what somebody saw a moment ago counts for others, until something is done there', async () => {
  const turns = new HostTurns('seen', clock);
  await turns.ifDue(10_000, ['a', 'b'], look);
  const other = new HostTurns('seen', clock);
  assert.equal((await other.seenAt(10_000, ['b']))?.getTime(), nowMs);
  assert.equal(await other.seenAt(10_000, ['b', 'c']), undefined);
  await forgetLooks('seen');
  assert.equal(await other.seenAt(10_000, ['b']), undefined);
  assert.deepEqual(await other.ifDue(10_000, ['b'], look), { value: 'seen' });
  nowMs += 10_000;
  assert.equal(await other.seenAt(10_000, ['b']), undefined);
});

test('one looks at a time, and a look that fails gives the turn back', async () => {
  const [one, other] = [new HostTurns('alone', clock), new HostTurns('alone', clock)];
  let finish: (() => void) | undefined;
  const long = one.now([], () => new Promise<void>((resolve) => (finish = resolve)), signal);
  while (!finish) await clock.sleep(0);
  nowMs += 60_000;
  assert.deepEqual(await other.ifDue(10_000, [], look), { waitMs: 250 });
  const waiting = other.now([], () => Promise.reject(new Error('cut')), signal);
  finish();
  await long;
  await assert.rejects(waiting, /cut/);
  assert.equal(await other.now([], look, signal), 'seen');
});

test('a clock that was put back keeps nobody from looking', async () => {
  const turns = new HostTurns('clock', clock);
  await turns.ifDue(10_000, [], look);
  nowMs -= 3_600_000;
  assert.deepEqual(await turns.ifDue(10_000, [], look), { value: 'seen' });
});
