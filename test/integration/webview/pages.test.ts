import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { chromium, type Browser } from 'playwright-core';
import { dashboardView } from '../../../src/editor/panels/dashboardView.ts';
import { reportView } from '../../../src/editor/panels/reportView.ts';
import { PairStatistics } from '../../../src/preference/pairStatistics.ts';
import type { DecisionRecord } from '../../../src/records/schemas.ts';
import { reviewSummary } from '../../../src/review/reviewSummary.ts';
import { seriousProblems } from '../../support/axe.ts';
import { questionState } from '../../support/questionState.ts';
import { bundlePanel, servePanel } from './panelPage.ts';
import type { ThemeName } from './themes.ts';
import { BROWSER_ARGUMENTS, executablePath, skip } from './withPanel.ts';

const screenshots = process.env['SEALONG_SCREENSHOTS'];

const agreed = (reviewer: string): DecisionRecord => ({
  ...{ id: reviewer, question_id: 'q', sampling: 's', kind: 'agree', reviewer },
  ...{ at: '2026-01-01T00:00:00.000Z', duration_ms: 38_000 },
});
const states = [
  questionState([0.9, 0.8, 0.5], [agreed('a-reviewer-with-a-long-name'), agreed('\u202Eben')]),
  questionState([0.9, 0.7, 0.4]),
].map((state, at) => ({ ...state, questionId: `q${at}` }));

function dashboard(seen: typeof states) {
  const pairs = new PairStatistics();
  for (const state of seen) pairs.add(state);
  const some = seen.length > 0;
  return dashboardView({
    ...{ study: 'isle', me: 'ada', blind: false, pairs: pairs.summary() },
    review: reviewSummary(seen, { rule: 'latest' }),
    values: some
      ? { margins: [0.4, 0.5], chosenScores: [0.9], rejectedScores: [0.5], lengthGaps: [0, 3] }
      : { margins: [], chosenScores: [], rejectedScores: [], lengthGaps: [] },
    queues: some ? [{ view: 'to-review', label: 'To review', count: 2 }] : [],
  });
}

const lengths = { min: 4, p5: 21, median: 55, mean: 60, p95: 96, max: 1024 };
const report = reportView({
  ...{ study: 'isle', scorer: 'mbr_embedding', sampling: 's' },
  counts: {
    ...{ questions: 30, expected: 240, trajectories: 240, failed: 2, truncated: 12 },
    ...{ scored_questions: 30, scored_in_part: 2, pairs: 28, overridden: 1 },
    left_out: { equal_texts: 2 },
  },
  lengths: { context_tokens: 512, trajectory_tokens: 60, chosen_tokens: 58, rejected_tokens: 50 },
  quality: {
    samples: 240,
    flaws: { failed: 2, empty: 0, refused: 1, truncated: 12, duplicate: 5 },
    finish_reasons: { stop: 238 },
    retried: 3,
    failures: { 'lab: \u001B[31mthe prompt does not fit into the context of this model': 2 },
    lengths,
  },
  margin: { mean: 0.1234, min: 0.001, max: 0.4 },
  dataset: { statistics: null, made: null },
  sub_em: { questions: 30, random: 35, mbr: 58.3, chosen: 60, rejected: 25, oracle: 92, n: 8 },
});

const PAGES = [
  ['dashboard', 'dashboardPanel', { type: 'dashboard', study: 's', dashboard: dashboard(states) }],
  [
    'dashboard-empty',
    'dashboardPanel',
    { type: 'dashboard', study: 's', dashboard: dashboard([]) },
  ],
  ['report', 'reportPanel', { type: 'report', study: 's', report }],
] as const;

describe('report and dashboard', { skip }, () => {
  let browser: Browser;
  const served = new Map<string, Awaited<ReturnType<typeof servePanel>>>();
  before(async () => {
    for (const panel of ['dashboardPanel', 'reportPanel'])
      served.set(panel, await servePanel(await bundlePanel(panel)));
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: BROWSER_ARGUMENTS,
    });
  });
  after(async () => {
    await browser.close();
    for (const { close } of served.values()) close();
  });

  test('run on sideways in no theme at twice the size, move nothing, and have nothing serious for axe', async () => {
    const views: [ThemeName, number][] = [
      ['dark', 640],
      ['light', 420],
      ['highContrast', 640],
    ];
    for (const [name, panel, message] of PAGES)
      for (const [theme, width] of views) {
        const page = await browser.newPage({
          viewport: { width, height: 430 },
          deviceScaleFactor: 2,
          reducedMotion: 'reduce',
        });
        await page.exposeFunction('toHost', () =>
          page.evaluate(`deliver(${JSON.stringify(message)})`),
        );
        await page.goto(`${served.get(panel)?.url ?? ''}?${theme}`);
        await page.locator('h1').waitFor();
        const where = `${name}, ${theme} at ${width} px`;
        if (screenshots !== undefined) {
          mkdirSync(screenshots, { recursive: true });
          await page.screenshot({
            path: join(screenshots, `${name}-${theme}.png`),
            fullPage: true,
          });
        }
        assert.equal(
          await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
          0,
          where,
        );
        assert.equal(await page.evaluate('document.getAnimations().length'), 0, where);
        assert.deepEqual(await seriousProblems(page), [], where);
        await page.close();
      }
  });
});
