import assert from 'node:assert/strict';
import { test } from 'node:test';
import { csvText, gridText } from '../../../../src/editor/panels/reportGrid.ts';
import { bestOfCsv, scorersCsv, scorersView } from '../../../../src/editor/panels/scorersView.ts';

const point = { n: 1, mean: 33.33, low: 20, high: 46.7 };
const comparison = {
  scorers: [
    { scorer: 'mbr_rouge', questions: 30 },
    { scorer: 'random', questions: 12 },
  ],
  agreement: [
    {
      scorers: ['mbr_rouge', 'random'] satisfies [string, string],
      questions: 12,
      same_winner: 0.25,
      rank_correlation: null,
    },
  ],
  sub_em: {
    questions: 12,
    n: 8,
    random: 33.3,
    greedy: null,
    winners: [
      { scorer: 'mbr_rouge', value: 46.7 },
      { scorer: 'random', value: 30 },
    ],
    oracle: 76.7,
  },
  best_of: { questions: 12, draws: 100, lines: [{ name: 'oracle', points: [point] }] },
};

test('scorers stand side by side, with what was not measured as a dash', () => {
  const view = scorersView(comparison);
  assert.deepEqual(
    view?.grids.map(({ caption }) => caption),
    ['Scorers', 'Same winner', 'Rank correlation'],
  );
  assert.deepEqual(view.grids[0]?.rows, [
    { label: 'mean of all', cells: ['33.3', ''] },
    { label: 'mbr_rouge', cells: ['46.7', '30'] },
    { label: 'random', cells: ['30.0', '12'] },
    { label: 'oracle@8', cells: ['76.7', ''] },
  ]);
  assert.deepEqual(view.grids[1]?.rows[0], { label: 'mbr_rouge', cells: ['–', '25 %'] });
  assert.deepEqual(view.grids[2]?.rows[0]?.cells, ['–', '–']);
  assert.deepEqual(view.bestOf?.grid.rows, [{ label: 'oracle', cells: ['33.3 (20.0–46.7)'] }]);
});

test('without gold answers only agreement is left; without scores nothing', () => {
  const view = scorersView({ ...comparison, sub_em: null, best_of: null });
  assert.deepEqual(view?.grids[0]?.columns, ['questions scored']);
  assert.equal(view.bestOf, null);
  assert.equal(scorersView({ ...comparison, scorers: [] }), null);
});

test('the CSV holds the numbers unrounded', () => {
  assert.equal(bestOfCsv(comparison), 'scorer,n,mean,p5,p95\r\noracle,1,33.33,20,46.7\r\n');
  assert.match(scorersCsv(comparison), /\r\nsame_winner,mbr_rouge,random,12,0.25\r\n/);
  assert.match(scorersCsv(comparison), /\r\nrank_correlation,mbr_rouge,random,12,\r\n/);
  assert.equal(csvText([['a,b', '"', null]]), '"a,b","""",\r\n');
});

test('a table as text stands in columns', () => {
  const rows = [{ label: 'oracle', cells: ['1', '22'] }];
  assert.equal(
    gridText({ caption: 'Best', columns: ['n = 1', 'b'], rows }),
    'Best\n          n = 1   b\n  oracle      1  22',
  );
});
