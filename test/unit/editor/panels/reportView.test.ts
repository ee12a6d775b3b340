import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportText, reportView } from '../../../../src/editor/panels/reportView.ts';
import type { ReportSummary } from '../../../../src/evaluation/report.ts';

const summary: ReportSummary = {
  stage: 'report',
  study: 'harrow',
  scorer: 'mbr_embedding',
  sampling: 's',
  counts: {
    questions: 30,
    expected: 240,
    trajectories: 240,
    failed: 0,
    truncated: 12,
    scored_questions: 30,
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
  margin: { mean: 0.1234, min: 0.001, max: 0.4 },
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
    ['Counts', 'Mean length in tokens'],
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
  failed                   0
  truncated                12
  scored by mbr_embedding  30
  pairs                    28
  decided by reviewers     1
  left out                 2 equal texts
  margin                   mean 0.123, from 0.001 to 0.400

Mean length in tokens
  contexts      512
  trajectories  60
  chosen        58
  rejected      not known

${reportView(summary).note}`,
  );
});
