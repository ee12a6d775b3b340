import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
import type { PanelQuestion } from '../../../src/protocol/panel.ts';
import { bundlePanel, openPanel, servePanel, type OpenPanel } from './panelPage.ts';

export const executablePath = process.env['SEALONG_CHROMIUM'];
export const skip = executablePath === undefined ? 'SEALONG_CHROMIUM names no browser' : false;
export const BROWSER_ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
];

export type Press = (...keys: string[]) => Promise<void>;
export type WithPanel = (
  question: PanelQuestion,
  use: (panel: OpenPanel, press: Press) => Promise<void>,
  view?: Parameters<typeof openPanel>[3],
) => Promise<void>;

/** Serves the panel for the tests of a suite. Each panel fails when its page threw or broke its content security policy. */
export function panelSuite(): WithPanel {
  let browser: Browser;
  let served: Awaited<ReturnType<typeof servePanel>>;
  before(async () => {
    served = await servePanel(await bundlePanel());
    browser = await chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: BROWSER_ARGUMENTS,
    });
  });
  after(async () => {
    await browser.close();
    served.close();
  });
  return async (question, use, view = {}) => {
    const panel = await openPanel(browser, served.url, question, view);
    try {
      await use(panel, async (...keys) => {
        for (const key of keys) await panel.page.keyboard.press(key);
        await panel.page.evaluate('keysDelivered()');
      });
      assert.deepEqual(panel.errors, []);
    } finally {
      await panel.page.close();
    }
  };
}

/** Where several share the machine a page of long texts takes some seconds. */
const PATIENCE_MS = 30_000;

export async function waitForText(locator: Locator, text: string): Promise<void> {
  await locator
    .filter({ hasText: text })
    .first()
    .waitFor({ state: 'attached', timeout: PATIENCE_MS });
}

/** Waits until an expression holds in the page. Not by waitForFunction, whose later tries the page's own policy forbids. */
export async function untilTrue(page: Page, expression: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!(await page.evaluate<boolean>(expression))) {
    if (Date.now() > end) throw new Error(`It never held in the page: ${expression}`);
    await delay(20);
  }
}
