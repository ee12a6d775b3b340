import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineChart } from '../../../../webview/charts/lineChart.ts';

const chart = (lines: [string, [number, number][]][]) =>
  lineChart({
    name: 'loss',
    title: 'Loss',
    yLabel: 'loss',
    lines: lines.map(([label, points], at) => ({
      label,
      hue: at + 1,
      points: points.map(([step, value]) => ({ step, value })),
    })),
  });

test('each run has a line, a mark at its end, and its name beside a piece of it', () => {
  const { paths, texts } = chart([
    [
      'orpo aaaa',
      [
        [1, 0.7],
        [2, 0.5],
      ],
    ],
    ['sft bbbb', [[1, 0.7]]],
    ['none yet', []],
  ]);
  const count = (kind: string) => paths.filter((path) => path.kind === kind).length;
  assert.deepEqual([count('line'), count('marker')], [4, 2]);
  assert.ok(texts.some(({ text }) => text === 'sft bbbb'));
  assert.ok(!texts.some(({ text }) => text === 'none yet'));
  assert.ok(!paths.some(({ d }) => d.includes('NaN')));
});

test('a value that stays the same, and a single step, are drawn', () => {
  for (const points of [
    [[1, 5e-5]],
    [
      [1, 0],
      [9, 0],
    ],
  ] as [number, number][][]) {
    const { paths, texts } = chart([['orpo aaaa', points]]);
    assert.ok(!paths.some(({ d }) => /NaN|Infinity/.test(d)));
    const steps = texts.filter(({ anchor }) => anchor === 'middle').map(({ text }) => text);
    assert.ok(steps.includes('1'), steps.join());
  }
});

test('learning rates are written by their power of ten', () => {
  const { texts } = chart([
    [
      'orpo aaaa',
      [
        [1, 5e-5],
        [100, 0],
      ],
    ],
  ]);
  assert.ok(texts.some(({ text }) => text === '4.0e-5'));
});

test('values in place of steps stand side by side, each with a mark', () => {
  const points = [8, 16, 128].map((step, at) => ({ step, value: at }));
  const { paths, texts } = lineChart({
    ...{ name: 'n', title: 'n', yLabel: 'loss', x: { label: 'samples', values: [8, 16, 128] } },
    lines: [{ label: 'fig4', hue: 0, points }],
  });
  assert.equal(paths.filter(({ kind }) => kind === 'marker').length, 3);
  const [first, second, third] = texts.filter(({ text }) => ['8', '16', '128'].includes(text));
  assert.ok(first && second && third);
  assert.ok(Math.abs(third.x - second.x - (second.x - first.x)) < 0.2);
  assert.ok(texts.some(({ text }) => text === 'samples'));
});

test('many lines and long names get the room that they need', () => {
  const many = Array.from({ length: 20 }, (_, at) => `lora.r-${at} of a long name`);
  const { width, height, texts } = chart(many.map((label) => [label, [[1, 0.5]]]));
  const names = texts.filter(({ text }) => text.includes('long name'));
  const heights = names.map(({ y }) => y).sort((a, b) => a - b);
  assert.equal(new Set(heights).size, 20);
  for (const { x, text } of names) assert.ok(x + 6 * text.length < width);
  assert.ok((heights.at(-1) ?? 0) < height);
});

test('a share that stays the same is drawn close to it, and never beyond 1 or 0', () => {
  const ticks = (value: number, share: boolean) =>
    lineChart({
      ...{ name: 'accuracy', title: 'Accuracy', yLabel: 'share' },
      ...(share ? { share: true as const } : {}),
      lines: [{ label: 'a', hue: 0, points: [1, 2].map((step) => ({ step, value })) }],
    })
      .texts.filter(({ anchor }) => anchor === 'end')
      .map(({ text }) => Number(text));
  for (const value of [0, 0.5, 0.8, 0.97, 1])
    for (const tick of ticks(value, true)) assert.ok(tick >= 0 && tick <= 1, `${value}: ${tick}`);
  for (const tick of ticks(0.8, true)) assert.ok(Math.abs(tick - 0.8) <= 0.2, String(tick));
  assert.ok(Math.max(...ticks(2, false)) < 2.5);
});
