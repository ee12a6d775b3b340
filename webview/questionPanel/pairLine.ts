import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { makeField, makeSelect } from '../toolkit.ts';
import { decimal, indexLabel } from './format.ts';
import { byWhom, SHAPES, SIDES, type Side } from './marks.ts';
import { scoreOf } from './sentences.ts';

const NONE = 'none';
const OTHER = 'other';
const reasonValue = (position: number): string => `reason ${position}`;

/** One line: the pair with scores and who made it, and the reason that the next override will carry. */
export class PairLine {
  readonly #pair = element('div', { class: 'pair' });
  readonly #locked = element('span', { class: 'locked' });
  readonly #reasons = makeSelect('Reason for the next override', {
    onChange: (value) => {
      this.#typed.element.hidden = value !== OTHER;
    },
    onDone: () => {
      if (this.#reasons.value() === OTHER) this.#typed.element.focus();
      else this.#onDone();
    },
  });
  readonly #typed = makeField('Reason in your own words', 'reason');
  readonly #control = element(
    'span',
    { class: 'control' },
    element('span', { class: 'fact', 'aria-hidden': 'true' }, 'reason'),
    this.#reasons.element,
    this.#typed.element,
  );
  readonly element = element(
    'div',
    { class: 'pair-line' },
    this.#pair,
    this.#locked,
    this.#control,
  );
  readonly #onDone: () => void;
  #offered: readonly string[] | null = null;

  /** `onDone`: the reviewer has given the reason, by mouse, Enter or Escape, and wants the keys back. */
  constructor(onDone: () => void) {
    this.#onDone = onDone;
    this.#typed.element.hidden = true;
    this.#typed.element.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' && event.key !== 'Escape') return;
      if (event.key === 'Escape') this.clearReason();
      event.stopPropagation();
      onDone();
    });
  }

  reason(): string | undefined {
    const value = this.#reasons.value();
    const typed = this.#typed.value().trim();
    const picked = this.#offered?.find((_, position) => reasonValue(position) === value);
    return value === OTHER && typed !== '' ? typed : picked;
  }

  /** A reason is for one override only. */
  clearReason(): void {
    this.#reasons.set(NONE);
    this.#typed.set('');
    this.#typed.element.hidden = true;
  }

  update(question: PanelQuestion): void {
    this.#control.hidden = question.readOnly !== null;
    this.#locked.hidden = question.readOnly === null;
    this.#locked.textContent = question.readOnly === null ? '' : `Read only: ${question.readOnly}`;
    this.#offer(question.reasons);
    const { pair } = question;
    const parts: (Node | string)[] = SIDES.flatMap((side) => sideParts(question, side));
    if (pair.margin !== null) {
      parts.push(
        element(
          'span',
          { class: 'margin' },
          'margin ',
          element('span', { class: 'number' }, decimal(pair.margin)),
        ),
      );
    }
    if (pair.leftOut !== null)
      parts.push(element('span', { class: 'left-out' }, `No pair: ${pair.leftOut}`));
    if (parts.length === 0) parts.push(element('span', { class: 'left-out' }, 'No pair yet.'));
    this.#pair.replaceChildren(...parts);
  }

  #offer(reasons: readonly string[]): void {
    if (this.#offered?.join('\n') === reasons.join('\n')) return;
    this.#offered = reasons;
    this.#reasons.offer([
      { value: NONE, label: 'none' },
      ...reasons.map((label, position) => ({ value: reasonValue(position), label })),
      { value: OTHER, label: 'other\u2026' },
    ]);
  }
}

function sideParts(question: PanelQuestion, side: Side): HTMLElement[] {
  const choice = question.pair[side];
  if (choice === null) return [];
  const policy = question.pair.policy[side];
  const parts: (Node | string)[] = [
    element(
      'span',
      { class: `mark ${side}` },
      element('span', { class: 'shape', 'aria-hidden': 'true' }, SHAPES[side]),
      side,
    ),
  ];
  if (policy !== null && policy !== choice.index) {
    const old = `${indexLabel(question, policy)} ${decimal(scoreOf(question, policy))} policy`;
    parts.push(element('s', { class: 'number', title: `The policy's ${side}, replaced` }, old));
  }
  const reason = choice.by.kind === 'reviewer' ? choice.by.reason : undefined;
  const who = element('span', { class: 'by' }, byWhom(choice, question.reviewer));
  if (choice.by.kind === 'reviewer') who.title = `${choice.by.reviewer}, ${choice.by.at}`;
  parts.push(
    element('strong', { class: 'number' }, indexLabel(question, choice.index)),
    element('span', { class: 'number' }, decimal(scoreOf(question, choice.index))),
    who,
  );
  if (reason !== undefined) parts.push(element('q', { class: 'reason' }, reason));
  return [element('span', { class: 'side' }, ...parts)];
}
