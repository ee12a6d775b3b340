import { element } from '../element.ts';
import { makeButton } from '../toolkit.ts';
import { KEY_HELP } from './keys.ts';

/** The list of keys. A modal dialog: Escape closes it and the focus goes back to where it was. */
export class Help {
  readonly element: HTMLDialogElement;

  constructor() {
    const close = makeButton({
      label: 'Close',
      title: 'Close (Esc)',
      icon: 'close',
      onClick: () => {
        this.element.close();
      },
    });
    const entries = KEY_HELP.flatMap(({ keys, does }) => [
      element('dt', {}, ...keys.map((key) => element('kbd', {}, key))),
      element('dd', {}, does),
    ]);
    this.element = element(
      'dialog',
      { 'aria-label': 'Keys' },
      element('div', { class: 'dialog-head' }, element('h2', {}, 'Keys'), close),
      element('dl', {}, ...entries),
    );
  }

  get open(): boolean {
    return this.element.open;
  }

  toggle(): void {
    if (this.element.open) this.element.close();
    else this.element.showModal();
  }
}
