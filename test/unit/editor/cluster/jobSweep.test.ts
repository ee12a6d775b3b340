import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  cancellable,
  entriesOf,
  fetchable,
  memberTitle,
  sweepCounts,
  sweepState,
  sweepsOf,
} from '../../../../src/editor/cluster/jobSweep.ts';
import { jobRow } from '../../../../src/editor/cluster/jobRow.ts';
import { sweepRow } from '../../../../src/editor/cluster/sweepRow.ts';
import type { TrainingJob } from '../../../../src/training/jobRecord.ts';
import { jobOf, memberOf } from './job.ts';

const NOW = new Date('2026-01-31T16:00:00.000Z');
const alone = jobOf({});
const states = (...named: TrainingJob['state'][]) => {
  const members = named.map((state, index) => memberOf(index, { state }));
  return sweepsOf([...members.toReversed(), alone])[0] ?? assert.fail('there is no sweep');
};

test('members stand under their sweep in its order, where the newest of them is', () => {
  const members = [0, 1, 2].map((index) => memberOf(index, {}));
  const entries = entriesOf([...members.toReversed(), alone]);
  assert.deepEqual(
    entries.map(({ kind }) => kind),
    ['sweep', 'job'],
  );
  const [sweep] = sweepsOf(members);
  assert.deepEqual(sweep?.members, members);
});

test('the same sweep on another cluster is another row, and one of two submissions is one', () => {
  const elsewhere = memberOf(0, {
    id: '20260131-140500-orpo-eeee',
    place: { kind: 'cluster', cluster: 'other', scheduler: 'none', folder: '/x' },
  });
  const later = memberOf(1, { created_at: '2026-01-31T15:00:00.000Z' }, 'second');
  const sweeps = sweepsOf([later, elsewhere, memberOf(0, {})]);
  assert.deepEqual(
    sweeps.map(({ cluster, members }) => [cluster, members.length]),
    [
      ['lab', 2],
      ['other', 1],
    ],
  );
});

test('a sweep says by word and counts how the whole of it stands', () => {
  const cases: [TrainingJob['state'][], string, string][] = [
    [['prepared', 'prepared'], 'prepared', '0 of 2 done, 2 not sent to its end'],
    [['pending', 'pending'], 'pending', '0 of 2 done, 2 pending'],
    [['done', 'running', 'pending'], 'running', '1 of 3 done, 1 running, 1 pending'],
    [['done', 'done'], 'done', '2 of 2 done'],
    [['done', 'timed_out'], 'failed', '1 of 2 done, 1 timed out'],
    [['done', 'cancelled'], 'cancelled', '1 of 2 done, 1 cancelled'],
    [['failed', 'pending'], 'pending', '0 of 2 done, 1 failed, 1 pending'],
  ];
  for (const [named, state, counts] of cases) {
    const sweep = states(...named);
    assert.equal(sweepState(sweep), state);
    assert.equal(sweepCounts(sweep), counts);
    assert.ok(sweepRow(sweep, NOW).spoken.includes(state));
  }
});

test('what can be cancelled and fetched is what menus go by', () => {
  const words = (...named: TrainingJob['state'][]) => sweepRow(states(...named), NOW).contextValue;
  assert.equal(words('running', 'done'), 'sweep cancellable fetchable');
  assert.equal(words('prepared', 'cancelled'), 'sweep unsent');
  const mixed = states('running', 'prepared', 'done', 'pending');
  assert.equal(cancellable(mixed).length, 2);
  assert.equal(fetchable(mixed).length, 1);
});

test('a member names itself and its sweep, and says how a sending that was cut off goes on', () => {
  const row = jobRow(memberOf(0, { state: 'prepared' }), NOW);
  assert.equal(row.label, 'examples-512 of fig3 on lab');
  assert.equal(memberTitle(memberOf(0, {})), '512 examples');
  assert.match(row.description, /"Train Sweep on Cluster" with the same sweep/);
});

test('steps of a sweep are told of those that have said how many they take', () => {
  const trainer = { phase: 'training', step: 30, of: 100, eta_s: 5, error: null };
  const jobs = [memberOf(0, {}, 'first', { trainer }), memberOf(1, { state: 'pending' })];
  const [sweep] = sweepsOf(jobs);
  assert.match(sweepRow(sweep ?? assert.fail(), NOW).description, /step 30 of 100 of 1 jobs/);
});
