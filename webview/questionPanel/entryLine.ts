import { element } from '../element.ts';
import { makeButton, makeField, makeSelect, type Choice } from '../toolkit.ts';

export interface Entry {
  label: string;
  value: string;
  /** What Enter with an empty field does; without it, nothing. */
  emptyMeans?: string;
  /** What else is likely meant: a button each, which enters it. */
  likely?: readonly string[];
  onEnter: (value: string) => void;
}

/** One line to write or pick something in, shown only while it is asked for. Escape leaves it as it was. */
export class EntryLine {
  readonly #label = element('label', { class: 'fact' });
  readonly #field = makeField('', '');
  readonly #select;
  readonly #likely = element('span', { class: 'likely', role: 'group', 'aria-label': 'Or' });
  readonly #hint = element('span', { class: 'fact' });
  readonly element: HTMLElement;
  readonly #onClosed: () => void;
  #onEnter: (value: string) => void = () => undefined;
  #emptyAllowed = false;

  /** `onClosed`: entered or left, the keys are the panel's again. */
  constructor(onClosed: () => void) {
    this.#onClosed = onClosed;
    this.#select = makeSelect('', { onChange: () => undefined, onDone: () => undefined });
    const save = makeButton({
      label: 'Save',
      title: 'Save (Enter)',
      onClick: () => {
        this.#enter();
      },
    });
    const cancel = makeButton({
      label: 'Cancel',
      title: 'Cancel (Esc)',
      onClick: () => {
        this.close();
      },
    });
    this.element = element(
      'div',
      { class: 'entry', role: 'group' },
      this.#label,
      this.#field.element,
      this.#select.element,
      save,
      cancel,
      this.#likely,
      this.#hint,
    );
    this.element.hidden = true;
    this.#field.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter') return;
      event.stopPropagation();
      this.#enter();
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.close();
    });
  }

  ask({ label, value, emptyMeans, likely = [], onEnter }: Entry): void {
    this.#open(label, onEnter);
    this.#likely.replaceChildren(
      ...likely.map((text) =>
        makeButton({
          label: text,
          title: `Enter \u201c${text}\u201d`,
          onClick: () => {
            this.close();
            onEnter(text);
          },
        }),
      ),
    );
    this.#emptyAllowed = emptyMeans !== undefined;
    this.#hint.textContent =
      emptyMeans === undefined ? 'Enter saves, Esc leaves' : `Enter saves; empty: ${emptyMeans}`;
    this.#field.element.hidden = false;
    this.#select.element.hidden = true;
    this.#field.element.setAttribute('aria-label', label);
    this.#field.set(value);
    this.#field.element.focus();
    // The value reaches the input with the toolkit's next update. What was typed by then must not be selected as well:
    // the next letter would take its place.
    requestAnimationFrame(() => {
      if (value !== '' && this.#field.value() === value) this.#field.select();
    });
  }

  /** To pick one of some. */
  choose(label: string, choices: readonly Choice[], onEnter: (value: string) => void): void {
    this.#open(label, onEnter);
    this.#hint.textContent = '';
    this.#likely.replaceChildren();
    this.#field.element.hidden = true;
    this.#select.element.hidden = false;
    this.#select.element.setAttribute('aria-label', label);
    this.#select.offer(choices);
    this.#select.element.focus();
  }

  close(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.#onClosed();
  }

  #open(label: string, onEnter: (value: string) => void): void {
    this.#onEnter = onEnter;
    this.#label.textContent = label;
    this.element.setAttribute('aria-label', label);
    this.element.hidden = false;
  }

  #enter(): void {
    const picking = this.#field.element.hidden;
    const value = picking ? this.#select.value() : this.#field.value().trim();
    if (!picking && value === '' && !this.#emptyAllowed) return;
    const enter = this.#onEnter;
    this.close();
    enter(value);
  }
}
