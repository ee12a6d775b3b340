import { element } from '../element.ts';
import { makeButton } from '../toolkit.ts';
import type { KeyNames } from './keyNames.ts';
import { COMMAND_HELP, OWN_KEYS } from './keys.ts';

/** The list of keys, as they are bound now. A modal dialog: Escape closes it and the focus goes back to where it was. */
export class Help {
  readonly element: HTMLDialogElement;
  readonly #list = element('dl');
  readonly #keys: KeyNames;

  constructor(keys: KeyNames) {
    this.#keys = keys;
    const close = makeButton({
      label: 'Close',
      title: 'Close (Esc)',
      icon: 'close',
      onClick: () => {
        this.element.close();
      },
    });
    this.element = element(
      'dialog',
      { 'aria-label': 'Keys' },
      element('div', { class: 'dialog-head' }, element('h2', {}, 'Keys'), close),
      this.#list,
      element(
        'p',
        { class: 'fact' },
        'Each is a command of SeaLong: change its key under Keyboard Shortcuts.',
      ),
    );
  }

  get open(): boolean {
    return this.element.open;
  }

  toggle(): void {
    if (this.element.open) {
      this.element.close();
      return;
    }
    const entries = [
      ...OWN_KEYS,
      ...COMMAND_HELP.map(({ action, does }) => ({ keys: this.#keys.of(action), does })),
    ];
    this.#list.replaceChildren(
      ...entries.flatMap(({ keys, does }) => [
        element(
          'dt',
          {},
          ...(keys.length === 0
            ? [element('span', { class: 'fact' }, 'no key')]
            : keys.map((key) => element('kbd', {}, key))),
        ),
        element('dd', {}, does),
      ]),
    );
    this.element.showModal();
  }
}
