import type { Page } from 'playwright-core';
import { until } from './until.ts';
import type { Workbench } from './workbench.ts';

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
    await this.press('F1');
    await this.#workbench.quickInput.waitFor();
    await this.type(label);
    await this.#takeLine(label);
  }

  /** Narrows the list that is offered to one line by its text, and takes it. */
  async pick(text: string): Promise<void> {
    await this.#workbench.quickInput.waitFor();
    await this.type(text);
    await this.#takeLine(text);
  }

  /** Answers the box that asks for words; `ask` is part of its prompt. */
  async answer(ask: string, text: string): Promise<void> {
    await this.#widget.filter({ hasText: ask }).waitFor();
    await this.press('Control+A');
    await this.type(text);
    await this.#goOn();
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
