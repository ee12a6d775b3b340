import type { Page } from 'playwright-core';
import { z } from 'zod';

const GIVE_UP_MS = 120_000;

const ROW = '.part.sidebar .monaco-list-row[role="treeitem"]';
/** Of the view of studies: rows of a study of test/support/bigStudy.ts. */
export const FIRST_ROWS = `${ROW}[aria-label^="question q-"]`;
/** The row of a study once all of it is read. */
export const WHOLE = `${ROW}[aria-label^="study "]:not([aria-label*="loading"]):not([aria-label*=" 0 questions"])`;
/** The row of a study while a view is in use whose title has these words. */
export function viewed(words: string): string {
  return `${ROW}[aria-label^="study "][aria-label*="${words}"]`;
}

/**
 * Watches a window for what a press of the mouse or of a key leads to.
 *
 * @returns what gives, for each selector in their order, the ms from the next press to the frame after the one that has
 *   the element.
 */
export async function watchPaint(
  page: Page,
  press: 'mousedown' | 'keydown',
  selectors: readonly string[],
): Promise<() => Promise<number[]>> {
  await page.evaluate(`
window.watchedPaint = (async () => {
  const press = await new Promise((resolve) =>
    addEventListener('${press}', (event) => resolve(event.timeStamp), { capture: true, once: true }));
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const painted = async (selector) => {
    while (!document.querySelector(selector)?.checkVisibility()) {
      if (performance.now() - press > ${GIVE_UP_MS}) throw new Error('Nothing came for ' + selector);
      await frame();
    }
    await frame();
    return performance.now() - press;
  };
  const times = [];
  for (const selector of ${JSON.stringify(selectors)}) times.push(await painted(selector));
  return times;
})();
undefined`);
  return async () => z.array(z.number()).parse(await page.evaluate('watchedPaint'));
}
