import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

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
