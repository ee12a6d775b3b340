import type { FrameLocator, Locator } from 'playwright-core';
import { until } from './until.ts';
import type { Workbench } from './workbench.ts';

/** The question panel as a reviewer sees and drives it. */
export class QuestionPanel {
  readonly #frame: FrameLocator;

  private constructor(frame: FrameLocator) {
    this.#frame = frame;
  }

  static async shown(workbench: Workbench): Promise<QuestionPanel> {
    return new QuestionPanel(await workbench.webview('.panel header h1'));
  }

  /** Where several are shown, the one of a question. */
  static async of(workbench: Workbench, id: string): Promise<QuestionPanel> {
    return new QuestionPanel(await workbench.webview(`.question-id:text-is("${id}")`));
  }

  get id(): Locator {
    return this.#frame.locator('.question-id');
  }

  get heatmap(): Locator {
    return this.#frame.locator('.map canvas').first();
  }

  /** What is said under the heatmap of the cell that has the focus. */
  get readout(): Locator {
    return this.#frame.locator('.readout');
  }

  /** The texts of the two trajectories side by side. */
  get texts(): Locator {
    return this.#frame.locator('.pane .text');
  }

  /** Which pair there is, by whom, and with which margin. */
  get pair(): Locator {
    return this.#frame.locator('.pair');
  }

  /** One a trajectory, in order of score. */
  get rows(): Locator {
    return this.#frame.locator('.score-row');
  }

  row(number: string): Locator {
    return this.rows.filter({ has: this.#frame.locator('.index', { hasText: number }) });
  }

  get selectedRow(): Locator {
    return this.#frame.locator('.score-row.selected');
  }

  get table(): Locator {
    return this.#frame.locator('section.table table');
  }

  get header(): Locator {
    return this.#frame.locator('.panel > header');
  }

  /** The scorers side by side. */
  get comparison(): Locator {
    return this.#frame.locator('.comparison');
  }

  get notice(): Locator {
    return this.#frame.locator('.notice [role="alert"]');
  }

  within(selector: string): Locator {
    return this.#frame.locator(selector);
  }

  async press(key: string): Promise<void> {
    const target = this.#frame
      .locator('.scores-list, section.table')
      .locator('visible=true')
      .first();
    await target.focus();
    // A person's finger is slower than the editor; a test's is not.
    await this.untilListening();
    await target.press(key);
  }

  async isListening(): Promise<boolean> {
    return (await this.#frame.locator('body[data-listening="true"]').count()) > 0;
  }

  /** Letters are commands now: a key pressed before is lost to the editor. */
  async untilListening(): Promise<void> {
    await this.#frame.locator('body[data-listening="true"]').waitFor();
  }

  /** The numbers of chosen and rejected now: "#02". */
  async sides(): Promise<{ chosen: string; rejected: string }> {
    const numbers = await this.pair.locator('strong').allInnerTexts();
    const [chosen, rejected] = numbers;
    if (chosen === undefined || rejected === undefined)
      throw new Error(`The panel shows no pair: ${await this.pair.innerText()}`);
    return { chosen, rejected };
  }

  async untilChosen(number: string): Promise<void> {
    await until(`${number} to be chosen`, async () => (await this.sides()).chosen === number);
  }

  async untilQuestion(id: string): Promise<void> {
    await until(`question ${id}`, async () => (await this.id.innerText()) === id);
  }
}
