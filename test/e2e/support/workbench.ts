import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { EditorServer } from './editorServer.ts';
import { takeScreenshot, type ShotOptions } from './screenshots.ts';
import { until } from './until.ts';

/** Colour themes that come with the editor, with the class that each gives to its window. */
const THEMES = {
  dark: { name: 'Dark 2026', mark: 'vs-dark' },
  light: { name: 'Light 2026', mark: 'vs' },
  highContrast: { name: 'Default High Contrast', mark: 'hc-black' },
} as const;
export type ThemeName = keyof typeof THEMES;

const SHOW_MS = 3000;

/** What the editor served in a browser keeps of the editors of a workspace, every few seconds. */
const KEPT_EDITORS = `(async () => {
  const settled = (request) => new Promise((done, failed) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  let kept = '';
  for (const { name } of await indexedDB.databases()) {
    if (!name.startsWith('vscode-web-state-db-')) continue;
    const db = await settled(indexedDB.open(name));
    const store = db.transaction('ItemTable').objectStore('ItemTable');
    kept += (await settled(store.get('memento/workbench.parts.editor'))) ?? '';
    db.close();
  }
  return kept;
})()`;

/** The editor's window as a user sees and drives it. */
export class Workbench {
  readonly page: Page;
  readonly #server: Pick<EditorServer, 'url'>;

  constructor(page: Page, server: Pick<EditorServer, 'url'>) {
    this.page = page;
    this.#server = server;
  }

  async open(folder: string): Promise<void> {
    await this.page.goto(`${this.#server.url}/?folder=${encodeURI(folder)}`);
    await this.#ready();
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  /** Until the served editor has written down that editors with these words in their state are open: only they come back. */
  async untilKept(words: readonly string[]): Promise<void> {
    await until(`editors with ${words.join(', ')} to be written down`, async () => {
      const kept = await this.page.evaluate<string>(KEPT_EDITORS);
      return words.every((word) => kept.includes(word));
    });
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench .activitybar').waitFor();
    await this.#icon().waitFor();
  }

  #icon(): Locator {
    return this.page.locator('.activitybar a.action-label[aria-label^="SeaLong"]');
  }

  /** Shows the extension's views, by their icon; a window that is being restored may show them by itself. */
  async showStudies(): Promise<void> {
    const pane = this.#pane('Studies');
    const item = this.page
      .locator('.activitybar .action-item.checked')
      .filter({ has: this.#icon() });
    await until('the view of studies', async () => {
      if (!(await pane.isVisible()) && !(await item.isVisible())) await this.#icon().click();
      return pane.waitFor({ timeout: SHOW_MS }).then(
        () => true,
        () => false,
      );
    });
  }

  #pane(title: string): Locator {
    const header = this.page.locator(`.pane-header[aria-label^="${title}"]`);
    return this.page.locator('.part.sidebar .pane').filter({ has: header });
  }

  /** What the extension says is to be done next, with buttons for it. */
  get nextStep(): Locator {
    return this.#pane('Next Step').locator('.welcome-view');
  }

  async takeNextStep(button: string): Promise<void> {
    await this.nextStep.getByRole('button', { name: button, exact: true }).click();
  }

  /** What the view of studies says above its rows, such as how far a run is. */
  get viewMessage(): Locator {
    return this.#pane('Studies').locator('.tree-explorer-viewlet-tree-view > .message');
  }

  /** A line of the status bar. */
  status(text: string | RegExp): Locator {
    return this.page.locator('.statusbar-item').filter({ hasText: text }).first();
  }

  /** A line of the list that is offered. */
  line(text: string | RegExp): Locator {
    return this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({ hasText: text })
      .first();
  }

  get rows(): Locator {
    return this.#pane('Studies').locator('.monaco-list-row[role="treeitem"]');
  }

  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text }).first();
  }

  /** Opens a row that has others under it. */
  async expand(row: Locator): Promise<void> {
    await row.waitFor();
    if ((await row.getAttribute('aria-expanded')) === 'true') return;
    await row.locator('.monaco-tl-twistie').click();
    await until(
      'the row to open',
      async () => (await row.getAttribute('aria-expanded')) === 'true',
    );
  }

  /** A button that a row shows under the mouse. */
  async rowAction(row: Locator, label: string): Promise<void> {
    await row.hover();
    await row.locator(`.actions a.action-label[aria-label^="${label}"]`).click();
  }

  /** Runs a command of the extension from the palette. */
  async command(title: string): Promise<void> {
    await this.anyCommand(`SeaLong: ${title}`);
  }

  async anyCommand(label: string): Promise<void> {
    await this.page.keyboard.press('F1');
    const input = this.quickInput;
    await input.waitFor();
    await input.fill(`>${label}`);
    const row = this.page
      .locator('.quick-input-list .monaco-list-row')
      .filter({
        has: this.page.locator(`[aria-label^="${label}"], .label-name`, { hasText: label }),
      })
      .first();
    await row.waitFor();
    await row.click();
  }

  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input.input');
  }

  /** Takes one line of the list that is offered. */
  async pick(text: string | RegExp): Promise<void> {
    const row = this.line(text);
    await row.waitFor();
    await row.click();
  }

  /** Writes into the box that asks; `ask` is part of its title or prompt. */
  async answer(ask: string | RegExp, text: string): Promise<void> {
    await this.page.locator('.quick-input-widget').filter({ hasText: ask }).waitFor();
    await this.quickInput.fill(text);
    await this.page.keyboard.press('Enter');
  }

  toast(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text }).first();
  }

  get toasts(): Locator {
    return this.page.locator('.notification-toast');
  }

  /** Waits for a notification and returns the whole of what it says. */
  async said(text: string | RegExp, timeoutMs?: number): Promise<string> {
    const toast = this.toast(text);
    await toast.waitFor(timeoutMs === undefined ? {} : { timeout: timeoutMs });
    return toast.locator('.notification-list-item-message').innerText();
  }

  async pressToastButton(text: string | RegExp, button: string): Promise<void> {
    await this.toast(text).getByRole('button', { name: button, exact: true }).click();
  }

  async clearToasts(): Promise<void> {
    await this.anyCommand('Notifications: Clear All Notifications');
    await until('the notifications to go', async () => (await this.toasts.count()) === 0);
  }

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  /** The open webview that holds an element; there may be several. */
  async webview(selector: string): Promise<FrameLocator> {
    return until(`a webview with ${selector}`, async () => {
      const frames = this.page.locator('iframe.webview.ready');
      for (let at = (await frames.count()) - 1; at >= 0; at--) {
        const frame = frames.nth(at).contentFrame().frameLocator('#active-frame');
        if (await frame.locator(selector).first().isVisible()) return frame;
      }
      return undefined;
    });
  }

  get tabs(): Locator {
    return this.page.locator('.tabs-container .tab');
  }

  /** Through the palette, since the served editor does not see its settings file change. */
  async theme(theme: ThemeName): Promise<void> {
    const { name, mark } = THEMES[theme];
    const window = this.page.locator(`.monaco-workbench.${mark}`);
    if (await window.isVisible()) return;
    await this.anyCommand('Preferences: Color Theme');
    await this.quickInput.waitFor();
    await this.quickInput.fill(name);
    await this.page.keyboard.press('Enter');
    await window.waitFor();
    await this.quickInput.waitFor({ state: 'hidden' });
  }

  async shot(name: string, options?: ShotOptions): Promise<void> {
    await takeScreenshot(this.page, name, options);
  }

  /** One picture in each theme; the window ends up in the first. */
  async shots(
    name: string,
    themes: readonly [ThemeName, ...ThemeName[]],
    options?: ShotOptions,
  ): Promise<void> {
    for (const theme of themes) {
      await this.theme(theme);
      await this.shot(`${name}-${theme}`, options);
    }
    await this.theme(themes[0]);
  }
}
