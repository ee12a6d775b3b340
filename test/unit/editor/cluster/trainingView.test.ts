import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  drawnAtFirst,
  measureCsv,
  trainingText,
  trainingView,
} from '../../../../src/editor/cluster/trainingView.ts';
import { sweepCsv } from '../../../../src/editor/cluster/sweepFigures.ts';
import { sweepsOf } from '../../../../src/editor/cluster/jobSweep.ts';
import { jobOf, memberOf, metricsOf } from './job.ts';

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

const members = [0, 1, 2].map((index) =>
  memberOf(index, { state: index === 2 ? 'running' : 'done' }, 'first', {
    metrics: metricsOf(10 * (index + 1)),
  }),
);

test('members of a sweep are drawn by what they vary, and their final figures set beside each other', () => {
  const ids = members.map(({ record }) => record.id);
  const view = trainingView('Harrow', members.toReversed(), ids, NOW);
  assert.deepEqual(
    view.charts[0]?.lines.map(({ label }) => label),
    ['512', '1024', '2048'],
  );
  const [figures] = view.sweeps;
  assert.equal(figures?.title, 'Sweep fig3 on lab');
  assert.equal(figures.state, '2 of 3 done, 1 running');
  assert.deepEqual(figures.runs, ids);
  assert.deepEqual(figures.columns.slice(0, 4), ['examples', 'state', 'steps', 'final loss']);
  assert.deepEqual(
    figures.rows.map(({ label, cells }) => [label, ...cells.slice(0, 4)]),
    [
      ['examples-512', '512', 'done', '10', '0.100'],
      ['examples-1024', '1024', 'done', '20', '0.0750'],
      ['examples-2048', '2048', 'running', '30', '0.0667'],
    ],
  );
  const [loss] = figures.charts;
  assert.deepEqual(loss?.x, { label: 'examples', values: [512, 1024, 2048] });
  assert.deepEqual(
    loss.lines[0]?.points.map(({ step }) => step),
    [512, 1024],
    'one that has not ended has no final figure',
  );
});

test('the figures of a sweep are saved with all their digits', () => {
  const csv = sweepCsv(sweepsOf(members), 'fig3-lab-figures')?.split('\r\n') ?? [];
  assert.equal(csv[0], 'job,member,examples,state,steps,final_loss,final_margin,final_accuracy');
  assert.match(csv[2] ?? '', /^20260131-140500-orpo-0001,examples-1024,1024,done,20,0\.075/);
  assert.equal(csv.length, 5);
  assert.equal(sweepCsv(sweepsOf(members), 'loss'), undefined, 'another chart');
});

test('two runs that vary the same are told apart', () => {
  const again = memberOf(0, { id: '20260131-150500-orpo-bbbb' }, 'second');
  const { runs } = trainingView('Harrow', [again, ...members], [], NOW);
  assert.deepEqual(
    runs.map(({ label }) => label),
    ['512 bbbb', '512 0000', '1024', '2048'],
  );
});
