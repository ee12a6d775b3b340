import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartFile } from '../../../../src/editor/panels/chartFile.ts';
import { dashboardText } from '../../../../src/editor/panels/dashboardText.ts';
import { dashboardView, type DashboardInput } from '../../../../src/editor/panels/dashboardView.ts';
import { PairStatistics } from '../../../../src/preference/pairStatistics.ts';
import type { DecisionRecord } from '../../../../src/records/schemas.ts';
import { reviewSummary } from '../../../../src/review/reviewSummary.ts';
import { questionState } from '../../../support/questionState.ts';

function decision(
  reviewer: string,
  kind: DecisionRecord['kind'],
  more: Partial<DecisionRecord> = {},
): DecisionRecord {
  return {
    id: `${reviewer} ${kind}`,
    question_id: 'q',
    sampling: 's',
    kind,
    reviewer,
    at: '2026-01-01T00:00:00.000Z',
    ...more,
  };
}

function input(blind = false): DashboardInput {
  const scores = [0.9, 0.8, 0.5, 0.4];
  const states = [
    questionState(scores, [
      decision('ada', 'agree', { duration_ms: 38_000 }),
      decision('ben', 'both_bad'),
    ]),
    questionState(scores, [decision('ada', 'swap', { chosen: 3, rejected: 0 })]),
    questionState(scores),
  ].map((state, at) => ({ ...state, questionId: `q${at}` }));
  const statistics = new PairStatistics();
  for (const state of states) statistics.add(state);
  return {
    study: 'isle',
    me: 'ada',
    review: reviewSummary(states, { rule: 'leave_out' }),
    pairs: statistics.summary(),
    values: {
      margins: [0.4, 0.5],
      chosenScores: [0.9, 0.9],
      rejectedScores: [0.4, 0.5],
      lengthGaps: [0, 3],
    },
    queues: [
      { view: 'to-review', label: 'To review', count: 1 },
      { view: 'disputed', label: 'In dispute', count: 1 },
      { view: 'flagged', label: 'Flagged', count: 0 },
    ],
    blind,
  };
}

test('the headline says how much is reviewed, how fast, how often otherwise, and what is in dispute', () => {
  const { headline, queues } = dashboardView(input());
  assert.match(headline, /^2 of 3 questions reviewed, 38 s median, 100 % overridden; /);
  assert.match(headline, /1 in dispute$/);
  assert.deepEqual(
    queues.map(({ label }) => label),
    ['To review: 1', 'In dispute: 1'],
    'only queues with something in them',
  );
});

test('a blind study shows neither scores nor other reviewers', () => {
  const view = dashboardView(input(true));
  assert.equal(view.headline, '2 of 3 questions reviewed, 38 s median');
  assert.deepEqual([view.charts, view.tables], [[], []]);
  assert.ok(!JSON.stringify(view).includes('ben'));
  assert.ok(!JSON.stringify(view).includes('disputed'));
  // How often one's own pair is the policy's would tell what the policy takes.
  assert.deepEqual(view.grids[0]?.columns, ['questions', 'left out', 'median time']);
});

test('as text there is every number that is drawn', () => {
  const text = dashboardText(dashboardView(input()));
  for (const words of ['Review of isle', 'ada and ben', 'length bias', 'by anybody', 'Margins'])
    assert.ok(text.includes(words), `${words} in\n${text}`);
});

test('every chart can be saved as CSV, with a line for each column', () => {
  const charts = dashboardView(input()).charts.map(({ chart }) => chart);
  const csv = (name: string) => {
    const { content } = chartFile(charts, { type: 'saveChart', name, format: 'csv' });
    return String(content).trim().split('\r\n');
  };
  const counted = csv('margins')
    .slice(1)
    .reduce((sum, line) => sum + Number(line.split(',')[2]), 0);
  assert.equal(counted, 2);
  assert.equal(csv('overridden-by-margin').length, 4, 'three questions make three bands');
  assert.equal(csv('scores')[0]?.endsWith('chosen,rejected'), true);
});

test('where there is nothing yet, words say so and what to do, and no table and no chart is empty', () => {
  const nothing = (blind: boolean): DashboardInput => ({
    ...input(blind),
    review: reviewSummary([questionState([])], { rule: 'latest' }),
    pairs: new PairStatistics().summary(),
    values: { margins: [], chosenScores: [], rejectedScores: [], lengthGaps: [] },
    queues: [],
  });
  const view = dashboardView(nothing(false));
  assert.deepEqual(view.grids, []);
  assert.match(view.notes.join(), /Nobody has reviewed anything yet: open a queue/);
  assert.equal(view.charts.length, 4);
  for (const { chart } of view.charts)
    assert.match(chart.empty ?? '', /: (sample|open)/, chart.name);
  assert.match(dashboardText(view), /Margins\n {2}No pair has scores yet/);
  const blind = dashboardView(nothing(true));
  assert.deepEqual(blind.grids, []);
  assert.deepEqual(
    blind.progress.map(({ label, value }) => [label, value]),
    [['ada (you)', 0]],
  );
  assert.match(blind.notes.join(), /You have reviewed nothing yet/);
});
