import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { ROOT } from './requirements.ts';

const OUTPUT = join(ROOT, 'test/output/e2e');
const KEPT = join(ROOT, 'media/screenshots');
const STILL_TRIES = 10;
const PAUSE_MS = 120;

/** Where a test leaves what a person may want to look at; git does not see it. */
export async function outputFile(name: string): Promise<string> {
  await mkdir(OUTPUT, { recursive: true });
  return join(OUTPUT, name);
}

export interface ShotOptions {
  /** One of the README: written to media/ where SEALONG_SCREENSHOTS is 1. */
  readme?: boolean;
  /** False for a picture of something that goes on. */
  still?: boolean;
}

/** Takes a picture once fonts are there and two pictures in a row are equal. */
export async function takeScreenshot(
  page: Page,
  name: string,
  { readme = false, still = true }: ShotOptions = {},
): Promise<void> {
  // Away from everything that shows something when pointed at.
  await page.mouse.move(0, 0);
  await page.evaluate('document.fonts.ready.then(() => undefined)');
  const options = { caret: 'initial', animations: 'allow' } as const;
  let picture = await page.screenshot(options);
  for (let tries = 0; still && tries < STILL_TRIES; tries++) {
    await page.waitForTimeout(PAUSE_MS);
    const next = await page.screenshot(options);
    if (next.equals(picture)) break;
    picture = next;
  }
  await writeFile(await outputFile(`${name}.png`), picture);
  if (readme && process.env['SEALONG_SCREENSHOTS'] === '1') {
    await mkdir(KEPT, { recursive: true });
    await writeFile(join(KEPT, `${name}.png`), picture);
  }
}
