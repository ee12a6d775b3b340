import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnChart } from '../../../../webview/charts/columnChart.ts';

const CHART = {
  name: 'margins',
  title: 'Margins',
  xLabel: 'margin',
  yLabel: 'questions',
  series: [{ label: 'questions', hue: 4 }],
};

test('a histogram has a column between each two edges, as high as its count', () => {
  const { paths, texts } = columnChart({
    ...CHART,
    columns: [2, 4, 0].map((count) => ({ label: '', values: [count] })),
    edges: [0, 0.1, 0.2, 0.3],
  });
  const heights = paths.filter(({ kind }) => kind === 'bar').map(({ d }) => topOf(d));
  const [two, four, none] = heights;
  assert.equal(none, 204);
  assert.equal(204 - (two ?? 0), (204 - (four ?? 0)) / 2);
  assert.ok(texts.some(({ text }) => text === '0.10'));
});

test('two series stand side by side with a legend, and groups are named', () => {
  const { paths, texts } = columnChart({
    ...CHART,
    series: [
      { label: 'chosen', hue: 1 },
      { label: 'rejected', hue: 2 },
    ],
    columns: [{ label: 'low', values: [1, 2], note: '3 of 4' }],
  });
  const bars = paths.filter(({ kind }) => kind === 'bar');
  assert.deepEqual(
    bars.map(({ series }) => series),
    [1, 2, 1, 2],
    'two columns and two swatches',
  );
  for (const word of ['low', '3 of 4', 'chosen', 'rejected'])
    assert.ok(
      texts.some(({ text }) => text === word),
      word,
    );
});

test('without anything measured there is an empty scale and no broken shape', () => {
  const { paths, texts } = columnChart({ ...CHART, columns: [{ label: 'low', values: [null] }] });
  assert.ok(!JSON.stringify({ paths, texts }).includes('null'));
  assert.ok(!paths.some(({ d }) => d.includes('NaN')));
});

function topOf(d: string): number {
  return Number(/V([\d.]+)h/.exec(d)?.[1]);
}
