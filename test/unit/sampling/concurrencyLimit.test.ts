import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConcurrencyLimit } from '../../../src/sampling/concurrencyLimit.ts';

const MAX = 64;
const SAMPLE_MS = 1_000;

/** A server on a clock of its own, which is as fast as the numbers can be worked out. */
interface SimulatedLoad {
  /** Samples that it computes side by side; others wait for their turn. */
  slots: number;
  /** What becomes of a request that is sent at a time while so many are under way; undefined: it is answered. */
  fate?: (atMs: number, inFlight: number) => 'refused' | 'timeout' | undefined;
  untilMs: number;
}

interface Course {
  /** The limit at each second. */
  limits: number[];
  mostInFlight: number;
  done: number;
}

/** Keeps as many samples in flight as the limit allows, and tells it what comes of them, as sampling does. */
function course(limit: ConcurrencyLimit, { slots, fate, untilMs }: SimulatedLoad): Course {
  const free = Array.from({ length: slots }, () => 0);
  const underWay: { sentAt: number; endsAt: number; inFlight: number; fate?: string }[] = [];
  const seen: Course = { limits: [], mostInFlight: 0, done: 0 };
  let restsUntil = 0;
  const send = (now: number) => {
    while (now >= restsUntil && underWay.length < limit.value) {
      const inFlight = underWay.length + 1;
      const refused = fate?.(now, inFlight);
      if (refused !== undefined) {
        const endsAt = now + (refused === 'refused' ? 10 : 5 * SAMPLE_MS);
        underWay.push({ sentAt: now, endsAt, inFlight, fate: refused });
        continue;
      }
      const slot = free.indexOf(Math.min(...free));
      const endsAt = Math.max(now, free[slot] ?? 0) + SAMPLE_MS;
      free[slot] = endsAt;
      underWay.push({ sentAt: now, endsAt, inFlight });
    }
    seen.mostInFlight = Math.max(seen.mostInFlight, underWay.length);
  };
  for (let now = 0; now < untilMs; now += 10) {
    for (const sample of underWay.filter(({ endsAt }) => endsAt <= now)) {
      underWay.splice(underWay.indexOf(sample), 1);
      if (sample.fate === 'refused' || sample.fate === 'timeout') {
        limit.overloaded(sample.fate, sample.sentAt, now);
        // Load is told by a rest as well, else the same is asked at once again.
        restsUntil = Math.max(restsUntil, now + 500);
      } else {
        seen.done += 1;
        const { sentAt: startedAtMs, endsAt: endedAtMs, inFlight } = sample;
        limit.finished({ startedAtMs, endedAtMs, tokens: 100, inFlight });
      }
      // The place of one that ended is given away before the next is looked at.
      send(now);
    }
    send(now);
    assert.ok(limit.value >= 1 && limit.value <= MAX, `${limit.value} at ${now} ms`);
    if (now % 1_000 === 0) seen.limits.push(limit.value);
  }
  return seen;
}

test('the limit grows to its most while a sample takes as long as before, and never above it', () => {
  const { limits, mostInFlight } = course(new ConcurrencyLimit(MAX), {
    slots: 1_000,
    untilMs: 20_000,
  });
  assert.ok((limits[0] ?? MAX) <= 16, 'it begins low');
  assert.equal(limits.at(-1), MAX);
  assert.equal(mostInFlight, MAX);
});

for (const slots of [8, 24])
  test(`a server of ${slots} slots is not given many more samples than it has, and is kept busy`, () => {
    const untilMs = 120_000;
    const { limits, done } = course(new ConcurrencyLimit(MAX), { slots, untilMs });
    const settled = limits.slice(30);
    const mean = settled.reduce((sum, limit) => sum + limit, 0) / settled.length;
    assert.ok(mean < 2.5 * slots, `${mean} for ${slots} slots`);
    assert.ok(done > 0.95 * slots * (untilMs / SAMPLE_MS), `${done} samples`);
  });

test('what is refused for load lowers the limit once, however many requests of that time are refused', () => {
  const limit = new ConcurrencyLimit(MAX);
  course(limit, { slots: 1_000, untilMs: 20_000 });
  for (let at = 0; at < MAX; at++) limit.overloaded('refused', 20_000 + at, 20_100 + at);
  assert.equal(limit.value, Math.floor(MAX * 0.7));
  limit.overloaded('refused', 21_000, 21_010);
  assert.equal(limit.value, Math.floor(MAX * 0.49));
});

test('what is not answered in time halves it', () => {
  const limit = new ConcurrencyLimit(MAX);
  course(limit, { slots: 1_000, untilMs: 20_000 });
  limit.overloaded('timeout', 20_000, 30_000);
  assert.equal(limit.value, MAX / 2);
});

for (const fate of ['refused', 'timeout'] as const)
  test(`a server that answers ${fate === 'refused' ? 'that it is overloaded' : 'too late'} above 20 samples is given about as many`, () => {
    const { limits } = course(new ConcurrencyLimit(MAX), {
      slots: 1_000,
      fate: (_, inFlight) => (inFlight > 20 ? fate : undefined),
      untilMs: 300_000,
    });
    const settled = limits.slice(60);
    assert.ok(Math.max(...settled) < 32, `up to ${Math.max(...settled)}`);
    const mean = settled.reduce((sum, limit) => sum + limit, 0) / settled.length;
    assert.ok(mean > 10, `${mean} on average`);
  });

test('a server that was overloaded for a while is given as much as before soon after', () => {
  const { limits } = course(new ConcurrencyLimit(MAX), {
    slots: 1_000,
    fate: (at) => (at > 20_000 && at < 30_000 ? 'refused' : undefined),
    untilMs: 120_000,
  });
  assert.equal(limits[19], MAX);
  assert.ok(Math.min(...limits.slice(20, 31)) <= MAX / 4, 'it fell');
  assert.equal(limits.at(-1), MAX);
});

test('a server that refuses everything still gets one request at a time', () => {
  const limit = new ConcurrencyLimit(MAX);
  for (let at = 0; at < 100; at++) limit.overloaded('timeout', at * 1_000, at * 1_000 + 1);
  assert.equal(limit.value, 1);
});
