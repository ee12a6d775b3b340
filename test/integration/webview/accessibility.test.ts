import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { seriousProblems } from '../../support/axe.ts';
import { blindQuestion, comparedQuestion, scoredQuestion } from './fixtures.ts';
import type { ThemeName } from './themes.ts';
import { panelSuite, skip, untilTrue } from './withPanel.ts';

describe('the question panel for everybody', { skip }, () => {
  const withPanel = panelSuite();

  test('axe finds nothing serious in any theme, width and view', async () => {
    const views: { theme: ThemeName; width: number; keys: string[]; blind?: true }[] = [
      { theme: 'dark', width: 1400, keys: [] },
      { theme: 'dark', width: 1400, keys: ['ArrowDown', 'ArrowRight'] },
      { theme: 'light', width: 1000, keys: ['o', 'k', 'ArrowDown', 'd'] },
      { theme: 'light', width: 700, keys: ['t', 'e'] },
      { theme: 'highContrast', width: 1400, keys: ['ArrowDown', 'c', 'm'] },
      { theme: 'highContrastLight', width: 520, keys: ['g', '?'] },
      { theme: 'light', width: 1400, keys: ['ArrowDown', 'c', 'i'], blind: true },
      { theme: 'highContrast', width: 700, keys: ['ArrowDown'], blind: true },
    ];
    for (const { theme, width, keys, blind } of views) {
      await withPanel(
        blind ? blindQuestion(16) : comparedQuestion(16),
        async ({ page }, press) => {
          await page.locator('.passage').first().waitFor({ state: 'attached' });
          await press(...keys);
          await page.locator('.mark-legend').waitFor({ state: 'attached' });
          await page.waitForTimeout(300);
          const told = await seriousProblems(page);
          assert.deepEqual(told, [], `${theme} at ${width} px after ${keys.join(' ')}`);
        },
        { theme, width },
      );
    }
  });

  test('what the focus is on is spoken: scores, utility, and what an answer leaves', async () => {
    await withPanel(scoredQuestion(8), async ({ page }, press) => {
      await press('ArrowDown', 'ArrowRight');
      await untilTrue(
        page,
        "/^Row #\\d+ score [\\d.]+.*; column #\\d+ score .*; utility [\\d.]+\\.$/.test(document.querySelector('.spoken').textContent)",
      );
      await press('k');
      await untilTrue(
        page,
        "/^Only the \\d+ rows that answer /.test(document.querySelector('[aria-live].spoken').textContent)",
      );
    });
  });
});
