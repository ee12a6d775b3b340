import {
  ROW_ORDERS,
  type PanelAction,
  type PanelQuestion,
  type RowOrder,
} from '../../src/protocol/panel.ts';
import { visibleText } from '../../src/protocol/hiddenCharacters.ts';
import { element } from '../element.ts';
import { icon } from '../icons.ts';
import { textNodes } from '../shownText.ts';
import { makeButton, makeSelect, setEnabled } from '../toolkit.ts';
import { wholeNumber } from './format.ts';
import { positionText } from './sentences.ts';
import type { KeyNames } from './keyNames.ts';
import type { PanelState } from './state.ts';

export interface HeaderHandlers {
  onAction: (action: PanelAction) => void;
  onOrder: (order: RowOrder) => void;
  /** The reviewer is done with the order and wants the keys back. */
  onDone: () => void;
}

/** Characters that five lines of a narrow panel hold. */
const LONG_QUESTION = 150;

/** One row: which question of how many, how it is scored and ordered, and the buttons. */
export class Header {
  readonly #previous: HTMLElement;
  readonly #next: HTMLElement;
  readonly #undo: HTMLElement;
  readonly #redo: HTMLElement;
  readonly #table: HTMLElement;
  readonly #id = element('span', { class: 'question-id' });
  readonly #position = element('span', { class: 'fact' });
  readonly #scorer = element('span', { class: 'fact' });
  readonly #samples = element('span', { class: 'fact' });
  readonly #order;
  readonly #orderControl: HTMLElement;
  readonly #question = element('h1');
  readonly element: HTMLElement;

  readonly #keys: KeyNames;
  readonly #titled: { button: HTMLElement; action: PanelAction; label: string }[] = [];

  constructor(keys: KeyNames, handlers: HeaderHandlers) {
    this.#keys = keys;
    const button = (
      action: PanelAction,
      name: 'previous' | 'next' | 'undo' | 'redo' | 'table' | 'help',
      label: string,
    ): HTMLElement => {
      const made = makeButton({
        label,
        title: label,
        icon: name,
        onClick: () => {
          handlers.onAction(action);
        },
      });
      this.#titled.push({ button: made, action, label });
      return made;
    };
    this.#previous = button('previous', 'previous', 'Previous question');
    this.#next = button('next', 'next', 'Next question');
    this.#undo = button('undo', 'undo', 'Undo');
    this.#redo = button('redo', 'redo', 'Redo');
    this.#table = button('toggleTable', 'table', 'Show as table');
    this.#order = makeSelect('Order of rows', {
      onChange: (value) => {
        const order = ROW_ORDERS.find((known) => known === value);
        if (order !== undefined) handlers.onOrder(order);
      },
      onDone: handlers.onDone,
    });
    this.#order.offer(ROW_ORDERS.map((order) => ({ value: order, label: `by ${order}` })));
    this.#orderControl = element(
      'span',
      { class: 'control' },
      element('span', { class: 'fact', 'aria-hidden': 'true' }, 'order'),
      this.#order.element,
    );
    const bar = element(
      'div',
      { class: 'bar-row' },
      this.#previous,
      this.#next,
      this.#id,
      this.#position,
      this.#samples,
      this.#scorer,
      element(
        'span',
        { class: 'bar-end' },
        this.#orderControl,
        this.#undo,
        this.#redo,
        this.#table,
        button('help', 'help', 'Keys'),
      ),
    );
    this.element = element('header', {}, bar, this.#question);
  }

  update(state: PanelState, question: PanelQuestion): void {
    for (const { button, action, label } of this.#titled)
      button.title = this.#keys.titled(label, action);
    const { at, of, view } = question.position;
    this.#id.replaceChildren(...textNodes(question.questionId));
    this.#id.title = visibleText(`Question ${question.questionId} of study ${question.study}`);
    this.#position.replaceChildren(...textNodes(positionText(question.position)));
    this.#samples.textContent = sampleCount(question);
    this.#scorer.textContent = question.blind
      ? blindWords(question)
      : (question.scorer ?? unscored(question));
    this.#scorer.title = question.renumbered
      ? 'The dataset says the sides by its order: the samples are numbered at random for you alone. The files keep their order.'
      : question.scorer === null
        ? ''
        : `Scores are by ${question.scorer}`;
    this.#question.replaceChildren(...textNodes(question.question));
    // What may scroll can be reached by the keyboard.
    this.#question.tabIndex = question.question.length > LONG_QUESTION ? 0 : -1;
    this.#order.set(state.order);
    // Without scores and utilities there is one order.
    this.#orderControl.hidden = question.blind;
    setEnabled(this.#previous, at !== 1);
    setEnabled(this.#next, view !== null || at < of);
    setEnabled(this.#undo, question.canUndo && question.readOnly === null);
    setEnabled(this.#redo, question.canRedo && question.readOnly === null);
    this.#table.replaceChildren(icon(state.table ? 'heatmap' : 'table'));
    const label = state.table ? 'Show as heatmap' : 'Show as table';
    this.#table.setAttribute('aria-label', label);
    this.#table.title = this.#keys.titled(label, 'toggleTable');
  }
}

function sampleCount(question: PanelQuestion): string {
  const there = question.trajectories.length;
  const flaws = new Map<string, number>();
  for (const flaw of question.trajectories.flatMap((trajectory) => trajectory.flaws))
    flaws.set(flaw, (flaws.get(flaw) ?? 0) + 1);
  const count =
    there === question.expected
      ? wholeNumber(there)
      : `${wholeNumber(there)} of ${wholeNumber(question.expected)}`;
  const samples = `${count} ${count === '1' ? 'sample' : 'samples'}`;
  const words = [...flaws].map(
    ([flaw, n]) => `${wholeNumber(n)} ${flaw === 'duplicate' && n > 1 ? 'duplicates' : flaw}`,
  );
  return [samples, ...words].join(', ');
}

function blindWords({ renumbered }: PanelQuestion): string {
  const hidden = 'blind: scores, policy and others hidden';
  return renumbered ? `${hidden}, samples numbered at random` : hidden;
}

function unscored({ pair }: PanelQuestion): string {
  return pair.source === 'dataset' ? 'sides by the dataset' : 'not scored';
}
