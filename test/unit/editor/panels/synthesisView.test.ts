import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartFile } from '../../../../src/editor/panels/chartFile.ts';
import { reportText } from '../../../../src/editor/panels/reportView.ts';
import { synthesisView } from '../../../../src/editor/panels/synthesisView.ts';
import type { DatasetReportSummary } from '../../../../src/synthesis/datasetReport.ts';

const summary: DatasetReportSummary = {
  stage: 'report',
  study: 'harrow',
  dataset: {
    statistics: {
      examples: 2048,
      mean_tokens: 18532.4,
      max_tokens: 31744,
      supervision: 'self (llama)',
      lengths: [
        { over: 3072, up_to: 4096, count: 40, others: 38 },
        { over: 4096, up_to: 5120, count: 30, others: 32 },
      ],
      filled_percent: 99.1,
      documents_per_context: {
        min: 8,
        mean: 61.5,
        max: 240,
        counts: [{ over: 0, up_to: 8, count: 12 }],
      },
      related_documents: {
        count: 5000,
        by_tenth: [500, 500, 500, 500, 500, 500, 500, 500, 500, 500],
      },
    },
    made: {
      synthesis: 'abc',
      source: 'musique.jsonl',
      format: 'musique',
      tokenizer: 'tokenizer.json 0123',
      seed: 42,
      random: 'xoshiro128**/sha256',
      left_out: { unanswerable: 12, bad_row: 1 },
      growth: {
        distractors: 'both',
        too_long: 'drop',
        exclude_answer_leaks: true,
        target_tokens: { min: 4096, max: 31744 },
        over_target: 3,
        unfilled: 0,
        collection: { documents: 6119, left_out: 2, digest: 'd' },
      },
    },
  },
};

test('the report has the numbers of the paper, what was left out, and from what it was made', () => {
  const view = synthesisView(summary);
  const values = Object.fromEntries(
    view.tables.flatMap(({ rows }) => rows.map(({ label, value }) => [label, value])),
  );
  assert.equal(values['examples'], '2,048');
  assert.equal(values['mean tokens'], '18,532.4');
  assert.equal(values['max tokens'], '31,744');
  assert.equal(values['supervision'], 'self (llama)');
  assert.equal(values['marked as unanswerable'], '12');
  assert.equal(values['collection'], '6,119 documents, 2 left out');
  assert.equal(values['documents with a gold answer'], 'kept out');
});

test('lengths stand against their targets, with both ends of each range in the saved numbers', () => {
  const { charts } = synthesisView(summary);
  const all = charts.map(({ chart }) => chart);
  assert.deepEqual(
    all.map(({ name }) => name),
    ['context-lengths', 'documents-per-context', 'related-positions'],
  );
  const saved = chartFile(all, { type: 'saveChart', name: 'context-lengths', format: 'csv' });
  assert.equal(
    saved.content,
    'tokens over,tokens up to,contexts,targets\r\n3072,4096,40,38\r\n4096,5120,30,32\r\n',
  );
  const places = chartFile(all, { type: 'saveChart', name: 'related-positions', format: 'csv' });
  assert.match(String(places.content), /\r\n3rd,500\r\n/);
  assert.throws(() => chartFile(all, { type: 'saveChart', name: 'gone', format: 'csv' }), {
    code: 'no_chart',
  });
});

test('as text it holds tables and charts alike', () => {
  const text = reportText(synthesisView(summary));
  assert.match(text, /^harrow\n\nData set\n {2}examples {5}2,048/);
  assert.match(text, /Context lengths\n.*contexts {2}targets\n {2}3,073–4,096 +40 +38/);
});

test('without questions, and without what they were made of, it says so', () => {
  const none = synthesisView({ ...summary, dataset: { statistics: null, made: null } });
  assert.match(none.note, /no questions yet/);
  assert.deepEqual([none.tables, none.charts], [[], []]);
  const { statistics } = summary.dataset;
  const unknown = synthesisView({ ...summary, dataset: { statistics, made: null } });
  assert.match(unknown.note, /not known/);
  assert.equal(unknown.charts.length, 3);
});
