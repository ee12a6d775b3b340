import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportText, reportView } from '../../../../src/editor/panels/reportView.ts';
import type { ReportSummary } from '../../../../src/evaluation/report.ts';
import { PairStatistics } from '../../../../src/preference/pairStatistics.ts';
import { reviewSummary } from '../../../../src/review/reviewSummary.ts';

const summary: ReportSummary = {
  stage: 'report',
  study: 'harrow',
  scorer: 'mbr_embedding',
  sampling: 's',
  counts: {
    questions: 30,
    expected: 240,
    trajectories: 240,
    failed: 2,
    truncated: 12,
    scored_questions: 30,
    scored_in_part: 2,
    pairs: 28,
    overridden: 1,
    left_out: { equal_texts: 2 },
  },
  lengths: {
    context_tokens: 512.4,
    trajectory_tokens: 60,
    chosen_tokens: 58,
    rejected_tokens: null,
  },
  quality: {
    samples: 240,
    flaws: { failed: 2, empty: 0, refused: 1, truncated: 12, duplicate: 5 },
    finish_reasons: { stop: 226, length: 12, error: 2 },
    retried: 3,
    failures: { 'lab: the prompt does not fit': 2 },
    lengths: { min: 4, p5: 21, median: 55, mean: 60, p95: 96, max: 1024 },
  },
  margin: { mean: 0.1234, min: 0.001, max: 0.4 },
  pairs: new PairStatistics().summary(),
  review: reviewSummary([], { rule: 'latest' }),
  dataset: { statistics: null, made: null },
  sub_em: { questions: 30, random: 35, mbr: 58.3, chosen: 60, rejected: 25, oracle: 92, n: 8 },
};

test('a report with gold answers has a bar for each thing measured', () => {
  const { bars } = reportView(summary);
  assert.deepEqual(
    bars?.map(({ label, value }) => [label, value]),
    [
      ['random', 35],
      ['top by score', 58.3],
      ['chosen', 60],
      ['rejected', 25],
      ['oracle@8', 92],
    ],
  );
});

test('a report without gold answers says so, and has counts and lengths', () => {
  const view = reportView({ ...summary, sub_em: null });
  assert.equal(view.bars, null);
  assert.match(view.note, /answers\.jsonl/);
  assert.deepEqual(
    view.tables.map(({ caption }) => caption),
    ['Counts', 'Samples', 'Mean length in tokens'],
  );
});

test('the text of a report holds every number that is shown', () => {
  assert.equal(
    reportText(reportView(summary)),
    `harrow

SubEM
  random        35.0 %
  top by score  58.3 %
  chosen        60.0 %
  rejected      25.0 %
  oracle@8      92.0 %

Counts
  questions                30
  trajectories             240 of 240
  scored by mbr_embedding  30
  scored in part           2
  pairs                    28
  decided by reviewers     1
  left out                 2 equal texts
  margin                   mean 0.123, from 0.001 to 0.400

Samples
  failed                    2 (0.8 %)
  failed, 2                 lab: the prompt does not fit
  truncated                 12 (5.0 %)
  refused                   1 (0.4 %)
  empty                     0
  with the text of another  5 (2.1 %)
  taken at a later attempt  3 (1.3 %)
  tokens                    median 55, 90 % from 21 to 96, all from 4 to 1,024

Mean length in tokens
  contexts      512
  trajectories  60
  chosen        58
  rejected      not known

${reportView(summary).note}`,
  );
});

test('a report of a blind study has neither scores, SubEM and pairs nor what reviewers decided', () => {
  const view = reportView(
    { ...summary, counts: { ...summary.counts, left_out: { disputed: 2 } } },
    true,
  );
  assert.deepEqual([view.bars, view.scorers], [null, null]);
  const told = reportText(view);
  for (const hidden of [/disputed/, /margin/, /pairs {2,}/, /58\.3/, /chosen/, /decided by/])
    assert.doesNotMatch(told, hidden);
  assert.match(told, /reviewed blind/);
  assert.match(told, /240 of 240/);
});
