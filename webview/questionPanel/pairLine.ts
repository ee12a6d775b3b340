import { visibleText } from '../../src/protocol/hiddenCharacters.ts';
import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { effectOf, unitOf } from './effects.ts';
import { decimal, indexLabel, signed } from './format.ts';
import { byWhom, SHAPES, SIDES, type Side } from './marks.ts';
import { scoreOf } from './sentences.ts';

/** The pair with scores and who made it, or why there is none. */
export class PairLine {
  readonly #locked = element('span', { class: 'locked' });
  readonly #pair = element('div', { class: 'pair' });
  readonly element = element('div', { class: 'pair-side' }, this.#pair, this.#locked);

  update(question: PanelQuestion): void {
    this.#locked.hidden = question.readOnly === null;
    this.#locked.textContent = question.readOnly === null ? '' : `Read only: ${question.readOnly}`;
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
    const { now } = effectOf(question, {});
    const unit = unitOf(now);
    const gap = now.gap[unit];
    if (gap !== null) {
      parts.push(
        element(
          'span',
          { class: 'margin', title: `Length of chosen minus that of rejected, in ${unit}` },
          'length gap ',
          element('span', { class: 'number' }, signed(gap)),
          ...(unit === 'tokens' ? [] : [` ${unit}`]),
        ),
      );
    }
    if (question.flagged)
      parts.push(element('span', { class: 'flagged' }, '\u2691 flagged for discussion'));
    if (pair.disputed.length > 0) parts.push(disputePart(question));
    if (pair.leftOut !== null)
      parts.push(element('span', { class: 'left-out' }, `No pair: ${pair.leftOut}`));
    if (parts.length === 0) parts.push(element('span', { class: 'left-out' }, noPair(question)));
    this.#pair.replaceChildren(...parts);
  }
}

function sideParts(question: PanelQuestion, side: Side): HTMLElement[] {
  const choice = question.pair[side];
  if (choice === null) return [];
  const { source } = question.pair;
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
    const old = `${indexLabel(question, policy)} ${decimal(scoreOf(question, policy))} ${source}`;
    parts.push(element('s', { class: 'number', title: `The ${source}'s ${side}, replaced` }, old));
  }
  const reason = choice.by.kind === 'reviewer' ? choice.by.reason : undefined;
  const who = element('span', { class: 'by' }, byWhom(choice, question.reviewer));
  if (choice.by.kind === 'reviewer')
    who.title = visibleText(`${choice.by.reviewer}, ${choice.by.at}`);
  parts.push(
    element('strong', { class: 'number' }, indexLabel(question, choice.index)),
    ...scorePart(question, choice.index),
    who,
  );
  if (reason !== undefined) parts.push(element('q', { class: 'reason' }, reason));
  return [element('span', { class: 'side' }, ...parts)];
}

function noPair({ blind }: PanelQuestion): string {
  return blind ? 'Yours to make: choose the best row, and reject a worse one.' : 'No pair yet.';
}

function scorePart(question: PanelQuestion, index: number): HTMLElement[] {
  const score = scoreOf(question, index);
  return score === null ? [] : [element('span', { class: 'number' }, decimal(score))];
}

/** "in dispute: you kept it, ben swapped it" */
function disputePart({ pair, reviewer: me }: PanelQuestion): HTMLElement {
  const each = pair.disputed.map(
    ({ reviewer, made }) => `${reviewer === me ? 'you' : reviewer} ${made}`,
  );
  return element('span', { class: 'disputed' }, `\u21c4 in dispute: ${each.join(', ')}`);
}
