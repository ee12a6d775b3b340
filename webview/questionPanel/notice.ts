import { element } from '../element.ts';
import { makeButton } from '../toolkit.ts';
import { textNodes } from '../shownText.ts';

/** What went wrong, until it is closed or the next thing goes right. */
export class Notice {
  readonly #text = element('span', { role: 'alert' });
  readonly element: HTMLElement;

  constructor() {
    const close = makeButton({
      label: 'Close',
      title: 'Close this message',
      icon: 'close',
      onClick: () => {
        this.clear();
      },
    });
    this.element = element('div', { class: 'notice' }, this.#text, close);
    this.clear();
  }

  show(message: string): void {
    this.#set(message, false);
  }

  /** A hint is not an error, and goes as soon as the reviewer does something else. */
  hint(message: string): void {
    this.#set(message, true);
  }

  clear(): void {
    this.element.hidden = true;
    this.#text.textContent = '';
  }

  clearHint(): void {
    if (this.element.classList.contains('hint')) this.clear();
  }

  #set(message: string, hint: boolean): void {
    this.element.classList.toggle('hint', hint);
    this.element.hidden = false;
    this.#text.replaceChildren(...textNodes(message));
  }
}
