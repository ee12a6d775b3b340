import type { PanelAction, PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { makeButton, setEnabled } from '../toolkit.ts';
import type { KeyNames } from './keyNames.ts';

const VERDICTS = [
  { action: 'agree', label: 'Agree', does: 'The pair as shown is right' },
  { action: 'swap', label: 'Swap', does: 'Chosen and rejected change places' },
  { action: 'bothBad', label: 'Both bad', does: 'Leave the pair out: neither is fit' },
  { action: 'skip', label: 'Skip', does: 'Looked at and passed over' },
  { action: 'flag', label: 'Flag', does: 'For discussion with the others' },
  { action: 'note', label: 'Note', does: 'A few words on the question' },
] as const satisfies readonly { action: PanelAction; label: string; does: string }[];

/** The judgements that need no focused row, as buttons. */
export class VerdictBar {
  readonly #buttons: readonly { action: PanelAction; does: string; button: HTMLElement }[];
  readonly #keys: KeyNames;
  readonly element: HTMLElement;

  constructor(keys: KeyNames, onAction: (action: PanelAction) => void) {
    this.#keys = keys;
    this.#buttons = VERDICTS.map(({ action, label, does }) => ({
      action,
      does,
      button: makeButton({
        label,
        title: does,
        onClick: () => {
          onAction(action);
        },
      }),
    }));
    this.element = element(
      'span',
      { class: 'verdicts', role: 'group', 'aria-label': 'Judgement' },
      ...this.#buttons.map(({ button }) => button),
    );
  }

  update(question: PanelQuestion): void {
    const { chosen, rejected } = question.pair;
    const hasPair = chosen !== null && rejected !== null;
    for (const { action, does, button } of this.#buttons) {
      const needsPair = action === 'agree' || action === 'swap' || action === 'bothBad';
      setEnabled(button, question.readOnly === null && (hasPair || !needsPair));
      button.title = this.#keys.titled(does, action);
      if (action === 'flag') button.textContent = question.flagged ? 'Unflag' : 'Flag';
    }
  }
}
