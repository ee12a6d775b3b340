import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/** A state of a job is looked at every ten seconds, and begins when the scheduler comes to it. */
export const STATE_MS = 180_000;

/** Rows of the view of jobs. */
export function jobRows({ page }: Workbench): Locator {
  return page
    .locator('.part.sidebar .pane')
    .filter({ has: page.locator('.pane-header[aria-label^="Training Jobs"]') })
    .locator('.monaco-list-row[role="treeitem"]');
}

export function jobRow(workbench: Workbench, text: string | RegExp): Locator {
  return jobRows(workbench).filter({ hasText: text }).first();
}
