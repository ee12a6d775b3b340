import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { until } from './until.ts';
import type { Workbench } from './workbench.ts';

/** Longer than the editor takes to give the focus back. */
const SETTLED_MS = 250;

/** The editor as somebody drives it who never touches the mouse. */
export class Keyboard {
  readonly #page: Page;
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
    this.#page = workbench.page;
  }

  async press(key: string): Promise<void> {
    await this.#page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text, { delay: 10 });
  }

  /** Runs a command of the extension from the palette. */
  async command(title: string): Promise<void> {
    const label = `SeaLong: ${title}`;
    await this.#boxInFocus(() => this.press('F1'));
    await this.type(label);
    await this.#takeLine(label);
  }

  /** Narrows the list that is offered to one line by its text, and takes it. */
  async pick(text: string): Promise<void> {
    await this.#boxInFocus();
    await this.type(text);
    await this.#takeLine(text);
  }

  /** Leaves the box that is shown as it is. */
  async leave(): Promise<void> {
    await this.#boxInFocus();
    await this.press('Escape');
    await this.#widget.waitFor({ state: 'hidden' });
  }

  /** Answers the box that asks for words; `ask` is part of its prompt. */
  async answer(ask: string, text: string): Promise<void> {
    await this.#widget.filter({ hasText: ask }).waitFor();
    await this.#boxInFocus();
    await this.press('Control+A');
    await this.type(text);
    await this.#goOn();
  }

  /**
   * Until a box is there and keeps the focus, as whoever looks before they type: the editor gives the focus back to a panel
   * some time after the box before this one has closed, and the panel takes it when it is not busy.
   *
   * @param open what opens it, also again.
   */
  async #boxInFocus(open?: () => Promise<void>): Promise<void> {
    const input = this.#workbench.quickInput;
    const focused = this.#page.locator('.quick-input-widget:visible input:focus');
    await until('a box in focus', async () => {
      if (!(await input.isVisible())) {
        await open?.();
        return false;
      }
      if ((await focused.count()) === 0) await input.focus();
      await delay(SETTLED_MS);
      return (await focused.count()) > 0;
    });
  }

  get #widget() {
    return this.#page.locator('.quick-input-widget:visible');
  }

  /** Enter, until what was asked has gone or something else is asked: keys pressed before would still be for it. */
  async #goOn(): Promise<void> {
    const shown = async () => (await this.#widget.allInnerTexts()).join('\n');
    const before = await shown();
    await this.press('Enter');
    await until('the list to go on', async () => (await shown()) !== before);
  }

  /** Goes down the list to the line of that name, which the search may not put first, and takes it. */
  async #takeLine(name: string): Promise<void> {
    const lines = this.#page.locator('.quick-input-list .monaco-list-row');
    const focused = this.#page.locator('.quick-input-list .monaco-list-row.focused .label-name');
    const nameOf = (text: string | undefined) => text?.replaceAll(/\s/gu, ' ').trim();
    await lines.filter({ hasText: name }).first().waitFor();
    await until(`the line ${name}`, async () => {
      const [line] = await focused.allInnerTexts();
      if (nameOf(line) === name) return true;
      await this.press('ArrowDown');
      return false;
    });
    await this.#goOn();
  }
}
