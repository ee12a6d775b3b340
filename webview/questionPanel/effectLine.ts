import type { LengthBias, PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { effectOf, unitOf, type Effect } from './effects.ts';
import { decimal, indexLabel, signed } from './format.ts';
import { overrideFor } from './overrides.ts';
import { SHAPES, type Side } from './marks.ts';
import type { Selection } from './selection.ts';

/** What choosing or rejecting the focused row would do to margin and length gap, before it is done. */
export class EffectLine {
  readonly element = element('div', { class: 'effects', role: 'note', 'aria-label': 'Effect' });

  #bias: LengthBias | null = null;

  setBias(bias: LengthBias | null): void {
    this.#bias = bias;
  }

  update(question: PanelQuestion, selection: Selection | null): void {
    const parts =
      selection === null
        ? [swapPart(question, this.#bias)]
        : rowParts(question, selection.row, this.#bias);
    const shown = parts.filter((part) => part !== null);
    this.element.replaceChildren(...shown);
    this.element.hidden = shown.length === 0;
  }
}

function rowParts(
  question: PanelQuestion,
  index: number,
  bias: LengthBias | null,
): (HTMLElement | null)[] {
  return (['chosen', 'rejected'] as const).map((side) => {
    const override = overrideFor(question, side, index);
    if (!override.ok) return null;
    const swap = Object.keys(override.sides).length > 1;
    const words = swap ? 'swap' : `${indexLabel(question, index)} as ${side}`;
    return effectPart(words, side, effectOf(question, override.sides), bias);
  });
}

function swapPart(question: PanelQuestion, bias: LengthBias | null): HTMLElement | null {
  const { chosen, rejected } = question.pair;
  if (chosen === null || rejected === null || question.readOnly !== null) return null;
  const sides = { chosen: rejected.index, rejected: chosen.index };
  return effectPart('if swapped', null, effectOf(question, sides), bias);
}

function effectPart(
  words: string,
  side: Side | null,
  { now, then }: Effect,
  bias: LengthBias | null,
): HTMLElement | null {
  const figures: (Node | string)[] = [];
  const figure = (name: string, from: string, to: string, bad: boolean): void => {
    figures.push(
      element(
        'span',
        { class: bad ? 'figure bad' : 'figure' },
        `${name} `,
        element('span', { class: 'number' }, `${from} \u2192 ${to}`),
        ...(bad ? [element('span', { class: 'by' }, ' below zero')] : []),
      ),
    );
  };
  if (now.margin !== null && then.margin !== null)
    figure('margin', decimal(now.margin), decimal(then.margin), then.margin < 0);
  const unit = unitOf(now, then);
  const [gap, gapThen] = [now.gap[unit], then.gap[unit]];
  if (gap !== null && gapThen !== null)
    figure('length gap', signed(gap), `${signed(gapThen)} ${unit}`, false);
  const [from, to] = bias === null ? [null, null] : [now.gap[bias.unit], then.gap[bias.unit]];
  if (bias !== null && from !== null && to !== null) {
    const mean = (value: number): string => signed(Math.round(value * 10) / 10);
    const after = bias.meanGap + (to - from) / bias.pairs;
    figure('mean gap of the set', mean(bias.meanGap), mean(after), false);
  }
  if (figures.length === 0) return null;
  const shape =
    side === null
      ? []
      : [element('span', { class: 'shape', 'aria-hidden': 'true' }, `${SHAPES[side]} `)];
  return element(
    'span',
    { class: 'effect' },
    element('span', { class: side === null ? 'by' : `mark ${side}` }, ...shape, words),
    ...figures,
  );
}
