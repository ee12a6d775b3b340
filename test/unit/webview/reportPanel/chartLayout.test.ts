import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartLayout } from '../../../../webview/reportPanel/chartLayout.ts';

test('every line has a band, markers and its name; sizes lie evenly where they double', () => {
  const points = [1, 2, 4].map((n) => ({ n, mean: 10 * n, low: 5 * n, high: 12 * n }));
  const { paths, texts } = chartLayout([
    { label: 'oracle', points },
    { label: 'mbr_rouge', points },
  ]);
  const count = (kind: string) => paths.filter((path) => path.kind === kind).length;
  assert.deepEqual([count('band'), count('line'), count('marker')], [2, 2, 8]);
  const [one, two, four] = ['1', '2', '4'].map(
    (label) => texts.find(({ text, anchor }) => text === label && anchor === 'middle')?.x ?? NaN,
  );
  assert.equal(two, ((one ?? NaN) + (four ?? NaN)) / 2);
  assert.ok(texts.some(({ text }) => text === 'mbr_rouge'));
  assert.ok(!paths.some(({ d }) => d.includes('NaN')));
});
