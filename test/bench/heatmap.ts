import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { z } from 'zod';
import { ROOT } from '../e2e/support/requirements.ts';
import { scoredQuestion } from '../integration/webview/fixtures.ts';
import { openPanel, servePanel } from '../integration/webview/panelPage.ts';
import { compare, figureOf, given, progress, report, type Comparison } from './comparison.ts';

/**
 * What drawing the heatmap takes, beside empty operations on a canvas of the same size in the same page. At 128 samples it
 * keeps up with the screen; at 512 a reviewer is not to notice that it was drawn.
 */
const SIZES = [
  { samples: 128, aim: 'under 16 ms' },
  { samples: 512, aim: 'under 100 ms' },
] as const;
type Size = (typeof SIZES)[number];
const PAGES = 4;
const DRAWS = 10;

/**
 * Drawing on a canvas only notes what to draw; reading a pixel waits until it is drawn. The panel itself measures
 * without that. The clock of a page has steps of 0.1 ms, so the empty operations are timed together.
 */
const WATCH = `
window.draws = [];
const measure = performance.measure.bind(performance);
performance.measure = (name, options) => {
  const entry = measure(name, options);
  if (name === 'heatmap') {
    document.querySelector('.heatmap canvas').getContext('2d').getImageData(0, 0, 1, 1);
    draws.push({ script: entry.duration, drawn: performance.now() - entry.startTime });
  }
  return entry;
};
const { width, height } = document.querySelector('.heatmap canvas');
const empty = Object.assign(document.createElement('canvas'), { width, height });
const context = empty.getContext('2d');
const pixels = new ImageData(width, height);
const timed = (operation) => {
  const times = 20;
  const start = performance.now();
  for (let time = 0; time < times; time++) {
    operation();
    context.getImageData(0, 0, 1, 1);
  }
  return (performance.now() - start) / times;
};
window.emptyOperations = () => ({
  put: timed(() => context.putImageData(pixels, 0, 0)),
  fill: timed(() => context.fillRect(0, 0, width, height)),
});
({ width, height, first: performance.getEntriesByName('heatmap')[0].duration })`;

const openedSchema = z.object({ width: z.number(), height: z.number(), first: z.number() });
const drawSchema = z.object({ script: z.number(), drawn: z.number() });
const emptySchema = z.object({ put: z.number(), fill: z.number() });

interface Measured {
  size: string;
  firsts: number[];
  draws: z.infer<typeof drawSchema>[];
  empties: z.infer<typeof emptySchema>[];
}

async function measure(
  browser: Browser,
  url: string,
  { samples, scale }: { samples: number; scale: number },
): Promise<Measured> {
  const measured: Measured = { size: '', firsts: [], draws: [], empties: [] };
  for (let turn = 0; turn < PAGES; turn++) {
    const panel = await openPanel(browser, url, scoredQuestion(samples), { scale });
    const { page } = panel;
    await page.waitForFunction("performance.getEntriesByName('heatmap').length > 0");
    const { width, height, first } = openedSchema.parse(await page.evaluate(WATCH));
    measured.size = `${width} x ${height} px`;
    measured.firsts.push(first);
    for (let draw = 0; draw < DRAWS; draw++) {
      await panel.send({ type: 'action', action: 'toggleOrder' });
      await page.waitForFunction(`draws.length > ${draw}`);
      measured.empties.push(emptySchema.parse(await page.evaluate('emptyOperations()')));
    }
    measured.draws.push(...z.array(drawSchema).parse(await page.evaluate('draws')));
    if (panel.errors.length > 0) throw new Error(`The panel failed: ${panel.errors.join('; ')}`);
    await page.close();
  }
  return measured;
}

function comparisonsOf(
  { samples, aim }: Size,
  { size, firsts, draws, empties }: Measured,
): Comparison[] {
  const put = figureOf(
    'one empty putImageData',
    'ms',
    empties.map((empty) => empty.put),
  );
  const fill = figureOf(
    'one fillRect',
    'ms',
    empties.map((empty) => empty.fill),
  );
  const drawn = figureOf(
    'all of it, until the pixels are there',
    'ms',
    draws.map((draw) => draw.drawn),
  );
  const script = figureOf(
    'the script alone',
    'ms',
    draws.map((draw) => draw.script),
  );
  const name = `heatmap of ${samples} samples, ${size}`;
  return [
    compare(name, drawn, put, aim),
    compare(name, drawn, fill, aim),
    compare(name, script, put, aim),
    compare(`first ${name}`, figureOf('the script alone, in a new page', 'ms', firsts), put, aim),
  ];
}

const [script, style] = await Promise.all(
  ['js', 'css'].map((ending) =>
    readFile(join(ROOT, `dist/webview/questionPanel.${ending}`), 'utf8'),
  ),
);
const server = await servePanel({ script: script ?? '', style: style ?? '' });
const browser = await chromium.launch({
  executablePath: given('SEALONG_CHROMIUM'),
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
try {
  const comparisons: Comparison[] = [];
  for (const size of SIZES)
    for (const scale of [1, 2]) {
      const { samples } = size;
      progress(`drawing ${samples} samples on a screen of density ${scale}`);
      const measured = await measure(browser, server.url, { samples, scale });
      comparisons.push(...comparisonsOf(size, measured));
    }
  report(comparisons, ['Drawn by the processor: the browser runs without a GPU.']);
} finally {
  await browser.close();
  server.close();
}
