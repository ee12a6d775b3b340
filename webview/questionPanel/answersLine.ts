import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { UNCLEAR } from './answerFilter.ts';
import { SHAPES, SIDES } from './marks.ts';
import type { PanelState } from './state.ts';

export interface AnswersHandlers {
  /** Show the rows of this answer only; null: all. */
  onFilter: (answer: string | null) => void;
}

/** More answers than these are counted, not named. */
const MOST_CHIPS = 12;

/** "answers: Thomas Wye 19, Ada Morven 9, unclear 4, entropy 1.3": a button an answer, which filters the rows. */
export class AnswersLine {
  readonly #chips = element('span', { class: 'chips', role: 'group', 'aria-label': 'Answers' });
  readonly #entropy = element('span', { class: 'fact number' });
  readonly element = element(
    'div',
    { class: 'answers' },
    element('span', { class: 'fact' }, 'answers'),
    this.#chips,
    this.#entropy,
  );
  readonly #handlers: AnswersHandlers;

  constructor(handlers: AnswersHandlers) {
    this.#handlers = handlers;
  }

  update(state: PanelState, question: PanelQuestion): void {
    const { answers } = question;
    this.element.hidden = answers === null;
    if (answers === null) return;
    const named = answers.clusters.slice(0, MOST_CHIPS);
    const chips = named.map(({ key, label, count }) =>
      this.#chip(state, question, key, label, count),
    );
    if (answers.unclear > 0)
      chips.push(this.#chip(state, question, UNCLEAR, 'unclear', answers.unclear));
    const more = answers.clusters.length - named.length;
    const rest = more > 0 ? [element('span', { class: 'fact' }, `and ${more} more`)] : [];
    if (!hasFocusIn(this.#chips)) this.#chips.replaceChildren(...chips, ...rest);
    else this.#replaceFocused(chips, rest);
    this.#entropy.textContent = `entropy ${answers.entropy.toFixed(1)}`;
    this.#entropy.title =
      'In bits, of the split over answers: 0 where all agree. No gold answer takes part in it.';
  }

  #chip(
    { filter }: PanelState,
    question: PanelQuestion,
    key: string,
    label: string,
    count: number,
  ): HTMLElement {
    const pressed = filter === key;
    const sides = SIDES.filter((side) => clusterOf(question, side) === key);
    const chip = element(
      'button',
      {
        class: `chip${key === UNCLEAR ? ' unclear' : ''}`,
        type: 'button',
        'data-key': key,
        'aria-pressed': String(pressed),
        title: `${pressed ? 'Show all rows' : 'Only these rows'}${sides.length > 0 ? `; holds ${sides.join(' and ')}` : ''}`,
      },
      element('span', { class: 'chip-label' }, label),
      element('span', { class: 'number chip-count' }, String(count)),
      ...sides.map((side) =>
        element(
          'span',
          { class: `mark ${side}` },
          element('span', { class: 'shape', role: 'img', 'aria-label': side }, SHAPES[side]),
        ),
      ),
    );
    chip.addEventListener('click', () => {
      this.#handlers.onFilter(pressed ? null : key);
    });
    return chip;
  }

  /** A chip that was pressed keeps the focus, although it is made anew. */
  #replaceFocused(chips: readonly HTMLElement[], rest: readonly HTMLElement[]): void {
    const focused = document.activeElement;
    const key = focused instanceof HTMLElement ? focused.dataset['key'] : undefined;
    this.#chips.replaceChildren(...chips, ...rest);
    chips.find((chip) => chip.dataset['key'] === key)?.focus();
  }
}

function clusterOf(question: PanelQuestion, side: 'chosen' | 'rejected'): string | null {
  const index = question.pair[side]?.index;
  const found = question.trajectories.find((trajectory) => trajectory.index === index);
  return found === undefined ? null : (found.cluster ?? UNCLEAR);
}

function hasFocusIn(parent: HTMLElement): boolean {
  return parent.contains(document.activeElement);
}
