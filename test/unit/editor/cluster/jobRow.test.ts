import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jobRow } from '../../../../src/editor/cluster/jobRow.ts';
import { JOB_STATES } from '../../../../src/training/jobState.ts';
import { jobOf, metricsOf } from './job.ts';

const NOW = new Date('2026-01-31T16:00:00.000Z');

test('a pending job says why it waits and when it is expected to start', () => {
  const { description, spoken } = jobRow(
    jobOf({ state: 'pending', reason: 'Resources', expected_start: '2026-02-01T03:30:00' }),
    NOW,
  );
  assert.match(description, /^pending · Resources · start expected Feb 1, 03:30/);
  assert.match(spoken, /orpo on lab of Harrow, pending, Resources/);
});

test('a running job says its step, loss and the time left', () => {
  const trainer = { phase: 'training', step: 120, of: 400, eta_s: 1500, error: null };
  const { label, description } = jobRow(jobOf({}, { trainer, metrics: metricsOf(120) }), NOW);
  assert.equal(label, 'orpo on lab');
  assert.match(description, /^running · step 120 of 400 · loss 0\.00833 · 25 min left/);
});

test('a failed job says what the trainer said', () => {
  const trainer = { phase: 'failed', step: 3, of: 400, eta_s: null, error: 'CUDA out of memory' };
  const { description } = jobRow(jobOf({ state: 'failed' }, { trainer }), NOW);
  assert.match(description, /^failed · step 3 of 400 · CUDA out of memory/);
});

test('every state has an icon and a word of its own for menus to go by', () => {
  const can = (state: (typeof JOB_STATES)[number], more = {}) =>
    jobRow(jobOf({ state, ...more }), NOW)
      .contextValue.split(' ')
      .slice(2)
      .join(' ');
  for (const state of JOB_STATES) {
    const row = jobRow(jobOf({ state }), NOW);
    assert.ok(row.icon.id !== '', state);
    assert.ok(row.description.length > 0, state);
  }
  assert.equal(can('running'), 'cancellable extendable requeueable followable');
  assert.equal(can('done'), 'extendable fetchable cleanable');
  assert.equal(can('done', { fetched_at: '2026-01-31T15:00:00Z' }), 'extendable cleanable');
  assert.equal(can('timed_out'), 'extendable resumable cleanable');
  assert.equal(can('prepared'), 'resumable');
  assert.equal(can('stopped', { place: { kind: 'local' } }), '');
});

test('a run on this machine whose process is gone is not said to run', () => {
  const { description } = jobRow(jobOf({ place: { kind: 'local' } }, { cutOff: true }), NOW);
  assert.match(description, /^cut off/);
});
