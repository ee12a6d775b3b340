import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  drawnAtFirst,
  measureCsv,
  trainingText,
  trainingView,
} from '../../../../src/editor/cluster/trainingView.ts';
import { jobOf, metricsOf } from './job.ts';

const NOW = new Date('2026-01-31T16:00:00.000Z');
const first = jobOf(
  { id: '20260131-140500-orpo-aaaa', state: 'done' },
  { metrics: metricsOf(1000) },
);
const second = jobOf({ id: '20260131-150500-sft-bbbb' }, { metrics: metricsOf(10) });
const jobs = [second, first];

test('several runs lie over one another, each with a colour that stays while others come', () => {
  const ids = jobs.map(({ record }) => record.id);
  const { charts, runs } = trainingView('Harrow', jobs, ids, NOW);
  assert.deepEqual(
    charts.map(({ name }) => name),
    ['loss', 'margin', 'learning-rate'],
    'what no run measures has no chart',
  );
  assert.deepEqual(
    charts[0]?.lines.map(({ label, hue }) => [label, hue]),
    [
      ['orpo aaaa', 0],
      ['sft bbbb', 1],
    ],
  );
  assert.deepEqual(
    runs.map(({ hue }) => hue),
    [1, 0],
  );
  const [id = ''] = ids.slice(1);
  assert.equal(trainingView('Harrow', jobs, [id], NOW).runs[0]?.hue, undefined);
});

test('long runs are drawn by means over steps, and saved with every step', () => {
  const ids = jobs.map(({ record }) => record.id);
  const { charts, note } = trainingView('Harrow', jobs, ids, NOW);
  const points = charts[0]?.lines[0]?.points ?? [];
  assert.ok(points.length <= 400, String(points.length));
  assert.equal(points.at(-1)?.step, 1000, 'the last step is there');
  assert.match(note, /mean of 3 steps/);
  const csv = measureCsv(jobs, ids, 'loss').trim().split('\r\n');
  assert.equal(csv[0], 'step,20260131-140500-orpo-aaaa,20260131-150500-sft-bbbb');
  assert.equal(csv[1], '1,1,1');
  assert.equal(csv.length, 1001);
  assert.match(csv[1000] ?? '', /^1000,0\.00\d+,$/);
});

test('runs under way are drawn where nobody has chosen, and the latest ones', () => {
  const waiting = jobOf({ id: '20260131-160000-orpo-cccc', state: 'pending' });
  const broken = jobOf({ id: '20260131-130000-orpo-dddd', state: 'failed' });
  assert.deepEqual(
    drawnAtFirst([waiting, second, first, broken]),
    [waiting, second, first].map(({ record }) => record.id),
  );
});

test('the latest numbers can be copied as text', () => {
  const text = trainingText(trainingView('Harrow', jobs, [], NOW));
  assert.match(text, /^Training of Harrow\n/);
  assert.match(text, /20260131-150500-sft-bbbb +running, on lab +10 /);
});
