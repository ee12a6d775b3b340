import type { PanelQuestion, PanelTrajectory } from '../../src/protocol/panel.ts';
import { visibleText } from '../../src/protocol/hiddenCharacters.ts';
import { element, linkButton } from '../element.ts';
import { textNodes } from '../shownText.ts';
import { makeButton, setEnabled } from '../toolkit.ts';
import { answerSource } from './answerSource.ts';
import { answerWords, decimal, flaw, indexLabel, wholeNumber } from './format.ts';
import { markLabel } from './markLabel.ts';
import { marksOf, SHAPES, type Side } from './marks.ts';
import type { KeyNames } from './keyNames.ts';
import type { PanelState } from './state.ts';
import { markedText, type Marks } from './texts/markedText.ts';

export interface PaneHandlers {
  onOverride: (side: Side, index: number) => void;
  onOpen: (index: number) => void;
  onPassage: (number: number) => void;
  /** Shows the rules that find answers, from this one on. */
  onRule: (rule: string | undefined) => void;
}

/** One trajectory's text under a line that says which it is, with buttons to choose and reject it. */
export class TrajectoryPane {
  readonly #title = element('span', { class: 'pane-title' });
  readonly #facts = element('span', { class: 'pane-facts' });
  readonly #choose: HTMLElement;
  readonly #reject: HTMLElement;
  readonly #text = element('div', { class: 'text', tabindex: '0', role: 'region' });
  readonly #head: HTMLElement;
  readonly element: HTMLElement;
  readonly #keys: KeyNames;
  readonly #onPassage: (number: number) => void;
  readonly #rule = linkButton('', () => {
    this.#onRule(this.#ruleName);
  });
  readonly #onRule: (rule: string | undefined) => void;
  #ruleName: string | undefined;
  #index: number | null = null;
  /** What is in the pane as plain text; null where it is no text of a sample. */
  #shown: string | null = null;

  constructor(keys: KeyNames, handlers: PaneHandlers) {
    this.#keys = keys;
    this.#onPassage = handlers.onPassage;
    this.#onRule = handlers.onRule;
    const act = (task: (index: number) => void) => () => {
      if (this.#index !== null) task(this.#index);
    };
    this.#choose = makeButton({
      label: `${SHAPES.chosen} Choose`,
      title: 'Make this one chosen',
      onClick: act((index) => {
        handlers.onOverride('chosen', index);
      }),
    });
    this.#reject = makeButton({
      label: `${SHAPES.rejected} Reject`,
      title: 'Make this one rejected',
      onClick: act((index) => {
        handlers.onOverride('rejected', index);
      }),
    });
    const open = linkButton('Open', act(handlers.onOpen));
    open.title = 'Open as a document';
    const actions = element('span', { class: 'pane-actions' }, this.#choose, this.#reject, open);
    this.#head = element('div', { class: 'pane-head' }, this.#title, this.#facts, actions);
    this.element = element('section', { class: 'pane' }, this.#head, this.#text);
  }

  update(state: PanelState, question: PanelQuestion, index: number | null, caption: string): void {
    const changed = index !== this.#index;
    this.#index = index;
    const trajectory = index === null ? undefined : state.trajectories.get(index);
    this.#head.hidden = trajectory === undefined;
    this.#text.classList.toggle('empty', trajectory === undefined);
    this.element.classList.remove('chosen', 'rejected');
    if (trajectory === undefined) {
      this.#shown = null;
      this.#text.textContent = emptyText(question);
      this.#text.setAttribute('aria-label', 'No sample');
      return;
    }
    const label = indexLabel(question, trajectory.index);
    const marks = marksOf(question.pair, trajectory.index, question.reviewer);
    this.#title.replaceChildren(
      ...marks.map((mark) => markLabel(mark)),
      element('strong', { class: 'number' }, label),
      ...(trajectory.score === null
        ? []
        : [element('span', { class: 'number' }, decimal(trajectory.score))]),
    );
    const wrong = flaw(trajectory, question);
    const { completionTokens: tokens, attempts } = trajectory;
    const facts = [
      caption,
      tokens === null ? '' : `${wholeNumber(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`,
      wrong ?? '',
      attempts === undefined ? '' : `attempt ${wholeNumber(attempts)}`,
      trajectory.failed ? trajectory.finishReason : (answerWords(trajectory) ?? 'no clear answer'),
    ].filter((fact) => fact !== '');
    this.#facts.replaceChildren(
      ...textNodes(facts.join(' \u00b7 ')),
      ...this.#source(trajectory, question),
    );
    for (const { side, replaced } of marks) if (!replaced) this.element.classList.add(side);
    const locked = question.readOnly !== null || trajectory.failed;
    setEnabled(this.#choose, !locked && question.pair.chosen?.index !== index);
    setEnabled(this.#reject, !locked && question.pair.rejected?.index !== index);
    this.#text.setAttribute('aria-label', `Text of ${label}`);
    this.#choose.title = this.#keys.titled(
      'Make this one chosen; the key: the focused row',
      'choose',
    );
    this.#reject.title = this.#keys.titled(
      'Make this one rejected; the key: the focused row',
      'reject',
    );
    const text = trajectory.text;
    // Unchanged texts keep their marks until others are found.
    if (changed || text !== this.#shown)
      this.#text.replaceChildren(...textNodes(text === '' ? 'This sample has no text.' : text));
    this.#shown = text === '' ? null : text;
    if (changed) this.#text.scrollTop = 0;
  }

  /** How the answer was found, which leads to the rules: they are what to change where it was not found well. */
  #source(trajectory: PanelTrajectory, question: PanelQuestion): (Node | string)[] {
    if (trajectory.failed) return [];
    const { label, title, rule } = answerSource(trajectory, question.reviewer);
    this.#ruleName = rule;
    this.#rule.replaceChildren(...textNodes(label));
    this.#rule.title = this.#keys.titled(visibleText(title), 'answerRules');
    return [' \u00b7 ', this.#rule];
  }

  mark(marks: Marks): void {
    if (this.#shown === null) return;
    const nodes = markedText(this.#shown, marks, this.#onPassage);
    const focused =
      this.#text.contains(document.activeElement) && document.activeElement !== this.#text;
    this.#text.replaceChildren(...nodes);
    if (focused) this.#text.focus();
  }
}

function emptyText(question: PanelQuestion): string {
  return question.trajectories.length === 0
    ? 'No samples of this question yet. Run \u201cSeaLong: Sample Trajectories\u201d.'
    : 'There is only one sample of this question; a pair needs two.';
}
