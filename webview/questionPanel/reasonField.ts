import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { makeField, makeSelect } from '../toolkit.ts';

const NONE = 'none';
const OTHER = 'other';
const reasonValue = (position: number): string => `reason ${position}`;

/** The reason that the next decision will carry: one of the study's, or in the reviewer's own words. */
export class ReasonField {
  readonly #onDone: () => void;
  readonly #reasons = makeSelect('Reason for the next decision', {
    onChange: (value) => {
      this.#typed.element.hidden = value !== OTHER;
    },
    onDone: () => {
      if (this.#reasons.value() === OTHER) this.#typed.element.focus();
      else this.#onDone();
    },
  });
  readonly #typed = makeField('Reason in your own words', 'reason');
  readonly element = element(
    'span',
    { class: 'control reason-control' },
    element('span', { class: 'fact', 'aria-hidden': 'true' }, 'reason'),
    this.#reasons.element,
    this.#typed.element,
  );
  #offered: readonly string[] | null = null;

  /** `onDone`: the reviewer has given the reason, by mouse, Enter or Escape, and wants the keys back. */
  constructor(onDone: () => void) {
    this.#onDone = onDone;
    this.#typed.element.hidden = true;
    this.#typed.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      if (event.key === 'Escape') this.clear();
      event.stopPropagation();
      onDone();
    });
  }

  /** The reason, for one decision; `back` gives it back where that was refused. */
  take(): { reason: string | undefined; back: () => void } {
    const value = this.#reasons.value();
    const typed = this.#typed.value();
    const picked = this.#offered?.find((_, position) => reasonValue(position) === value);
    const own = value === OTHER ? typed.trim() : '';
    this.clear();
    const back = (): void => {
      this.#reasons.set(value);
      this.#typed.set(typed);
      this.#typed.element.hidden = value !== OTHER;
    };
    return { reason: own === '' ? picked : own, back };
  }

  focus(): void {
    this.#reasons.element.focus();
  }

  clear(): void {
    this.#reasons.set(NONE);
    this.#typed.set('');
    this.#typed.element.hidden = true;
  }

  update({ reasons, readOnly }: PanelQuestion): void {
    this.element.hidden = readOnly !== null;
    if (this.#offered?.join('\n') === reasons.join('\n')) return;
    this.#offered = reasons;
    this.#reasons.offer([
      { value: NONE, label: 'none' },
      ...reasons.map((label, position) => ({ value: reasonValue(position), label })),
      { value: OTHER, label: 'other\u2026' },
    ]);
  }
}
