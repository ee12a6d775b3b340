import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rgb } from 'd3-color';
import { mapGeometry } from '../../../../webview/questionPanel/geometry.ts';
import { heatmapCsv } from '../../../../webview/questionPanel/heatmapCsv.ts';
import { heatmapSvg } from '../../../../webview/questionPanel/heatmapSvg.ts';
import { makeRamp } from '../../../../webview/questionPanel/ramp.ts';
import { utilitiesInOrder } from '../../../../webview/questionPanel/utilities.ts';
import { questionOfFour } from './samples.ts';

test('the CSV holds scores, answers, the pair and every utility, a candidate a line', () => {
  const lines = heatmapCsv(questionOfFour(), [2, 0]).split('\r\n');
  assert.deepEqual(lines, [
    'candidate,score,answer,pair,u_2,u_0',
    '2,0.9,Ada Morven,chosen,,0.2',
    '0,0.7,Thomas Wye,,0.02,',
    '',
  ]);
});

test('an answer that looks like a formula or has commas stays text in a spreadsheet', () => {
  const question = questionOfFour();
  const clusters = [{ key: 'wye', label: '=HYPERLINK("x"), y', count: 2 }];
  const csv = heatmapCsv({ ...question, answers: { clusters, unclear: 2, entropy: 0 } }, [0]);
  assert.match(csv, /^0,0\.7,"'=HYPERLINK\(""x""\), y",,$/m);
});

test('the SVG draws a cell for every utility, equal neighbours as one, and the pair', () => {
  const question = questionOfFour();
  const { matrix } = question;
  assert.ok(matrix);
  const order = [2, 0, 3, 1];
  const utilities = utilitiesInOrder(matrix, order);
  const white = rgb('white');
  const theme = {
    dark: true,
    highContrast: false,
    background: rgb('black'),
    foreground: white,
    muted: rgb('gray'),
    chosen: rgb('blue'),
    rejected: rgb('orange'),
    heat: rgb('purple'),
    focus: white,
    fontFamily: 'sans-serif',
  };
  const svg = heatmapSvg({
    geometry: mapGeometry({
      rows: 4,
      columns: 4,
      tree: false,
      widthPx: 300,
      heightPx: 300,
      pixelRatio: 1,
    }),
    utilities,
    ramp: makeRamp(utilities, theme),
    theme,
    pair: question.pair,
    labels: ['02', '00', '03', '01'],
    scores: [0.9, 0.7, 0.5, 0.3],
    tree: null,
  });
  assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="/);
  const cells = svg.match(/<rect x=[^>]*fill="#[0-9a-f]{6}"\/>/g) ?? [];
  assert.equal(cells.length, 12);
  assert.match(svg, /<polygon points="[^"]+" fill="#0000ff"><title>chosen/);
  assert.match(svg, />02<\/text>/);
});
