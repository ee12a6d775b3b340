import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { chromium, type Browser, type Page } from 'playwright-core';
import { trainingView } from '../../../src/editor/cluster/trainingView.ts';
import type { TrainingRequest, TrainingView } from '../../../src/protocol/training.ts';
import { jobOf, memberOf, metricsOf } from '../../unit/editor/cluster/job.ts';
import { until } from '../../e2e/support/until.ts';
import { seriousProblems } from '../../support/axe.ts';
import { bundlePanel, servePanel } from './panelPage.ts';
import { BROWSER_ARGUMENTS, executablePath, skip, untilTrue } from './withPanel.ts';
import type { ThemeName } from './themes.ts';

const NOW = new Date('2026-01-31T16:00:00.000Z');

const jobs = [
  jobOf({ id: '20260131-150500-sft-bbbb', state: 'pending' }),
  jobOf({ id: '20260131-140500-orpo-aaaa' }, { metrics: metricsOf(40) }),
  jobOf({ id: '20260130-140500-orpo-cccc', state: 'done' }, { metrics: metricsOf(60) }),
  ...[1, 0].map((index) =>
    memberOf(index, { state: 'done' }, 'first', { metrics: metricsOf(20 + index) }),
  ),
];
const viewOf = (...ids: string[]): TrainingView => trainingView('Harrow', jobs, ids, NOW);
const DRAWN = ['20260131-140500-orpo-aaaa', '20260130-140500-orpo-cccc'];

describe('the training charts', { skip }, () => {
  let browser: Browser;
  let served: Awaited<ReturnType<typeof servePanel>>;
  before(async () => {
    served = await servePanel(await bundlePanel('trainingPanel'));
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: BROWSER_ARGUMENTS,
    });
  });
  after(async () => {
    await browser.close();
    served.close();
  });

  /** The page with a host behind it that draws what it is asked for. */
  async function withPage(
    theme: ThemeName,
    use: (page: Page, requests: TrainingRequest[]) => Promise<void>,
  ): Promise<void> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    const requests: TrainingRequest[] = [];
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    const deliver = (message: object) => page.evaluate(`deliver(${JSON.stringify(message)})`);
    const show = (view: TrainingView) =>
      deliver({ type: 'training', study: '/studies/harrow', training: view });
    await page.exposeFunction(
      'toHost',
      async (message: { type: string; request: number; body: TrainingRequest }) => {
        if (message.type === 'ready') {
          await show(viewOf(...DRAWN));
          return;
        }
        requests.push(message.body);
        if (message.body.type === 'draw') await show(viewOf(...message.body.runs));
        await deliver({ type: 'reply', request: message.request, ok: true });
      },
    );
    try {
      await page.goto(`${served.url}?${theme}`);
      await page.locator('[data-chart="loss"] svg.chart').waitFor();
      await use(page, requests);
      assert.deepEqual(errors, []);
    } finally {
      await page.close();
    }
  }

  for (const theme of ['dark', 'light', 'highContrast', 'highContrastLight'] as const)
    test(`axe finds nothing serious in the theme ${theme}`, async () => {
      await withPage(theme, async (page) => {
        await page.locator('[data-chart="loss"] summary').click();
        await page.locator('[data-chart="loss"] details table').waitFor();
        assert.deepEqual(await seriousProblems(page), []);
      });
    });

  test('runs are ticked by keyboard, and their lines come and go in place', async () => {
    await withPage('dark', async (page, requests) => {
      const lines = page.locator('[data-chart="loss"] svg path.line');
      assert.equal(await lines.count(), 4, 'two lines, and a piece of each beside its name');
      await page.getByLabel('Draw orpo cccc').focus();
      await page.keyboard.press('Space');
      await untilTrue(
        page,
        `document.querySelectorAll('[data-chart="loss"] path.line').length === 2`,
      );
      assert.deepEqual(requests, [{ type: 'draw', runs: ['20260131-140500-orpo-aaaa'] }]);
      assert.equal(
        await page.evaluate(`document.activeElement.getAttribute('aria-label')`),
        'Draw orpo cccc',
        'the focus stays',
      );
    });
  });

  test('the members of a sweep are drawn together, and their figures saved', async () => {
    await withPage('dark', async (page, requests) => {
      const section = page.locator('[data-sweep="fig3-lab-figures"]');
      assert.deepEqual(await section.locator('.figures tbody th').allInnerTexts(), [
        'examples-512',
        'examples-1024',
      ]);
      assert.equal(await section.locator('[data-chart="fig3-lab-loss"] path.marker').count(), 2);
      await section.getByRole('button', { name: 'Draw All' }).press('Enter');
      await untilTrue(
        page,
        `[...document.querySelectorAll('[data-chart="loss"] text')].some((one) => one.textContent === '1024')`,
      );
      await section.locator('> .heading').getByRole('button', { name: 'CSV...' }).click();
      await until('two requests', () => requests.length === 2);
      assert.deepEqual(requests, [
        { type: 'draw', runs: ['20260131-140500-orpo-0000', '20260131-140500-orpo-0001'] },
        { type: 'saveChart', name: 'fig3-lab-figures', format: 'csv' },
      ]);
    });
  });

  test('charts are saved as a drawing, a picture and numbers', async () => {
    await withPage('dark', async (page, requests) => {
      const section = page.locator('[data-chart="learning-rate"]');
      for (const label of ['SVG...', 'PNG...', 'CSV...'])
        await section.getByRole('button', { name: label }).click();
      await until('three requests', () => requests.length === 3);
      const [svg, png, csv] = requests;
      assert.ok(svg?.type === 'saveChart' && svg.format === 'svg' && svg.data.startsWith('<svg'));
      assert.ok(png?.type === 'saveChart' && png.format === 'png' && png.data.startsWith('iVBOR'));
      assert.deepEqual(csv, { type: 'saveChart', name: 'learning-rate', format: 'csv' });
    });
  });
});
