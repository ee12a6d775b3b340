import type { MeanLengthGap } from '../../src/preference/meanLengthGap.ts';
import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { effectOf, meanGapAfter, unitOf, type Effect } from './effects.ts';
import { decimal, indexLabel, signed } from './format.ts';
import { overrideFor } from './overrides.ts';
import { SHAPES, type Side } from './marks.ts';
import type { Selection } from './selection.ts';

/** What a decision on the focused row, or on the pair, would do to margin and lengths of pair and set, before it is made. */
export class EffectLine {
  readonly element = element('div', { class: 'effects', role: 'note', 'aria-label': 'Effect' });

  #bias: MeanLengthGap | null = null;

  setBias(bias: MeanLengthGap | null): void {
    this.#bias = bias;
  }

  update(question: PanelQuestion, selection: Selection | null): void {
    const parts =
      selection === null
        ? [swapPart(question, this.#bias), leaveOutPart(question, this.#bias)]
        : rowParts(question, selection.row, this.#bias);
    const shown = parts.filter((part) => part !== null);
    this.element.replaceChildren(...shown);
    this.element.hidden = shown.length === 0;
  }
}

function figure(name: string, from: string, to: string, bad = false): HTMLElement {
  return element(
    'span',
    { class: bad ? 'figure bad' : 'figure' },
    `${name} `,
    element('span', { class: 'number' }, `${from} \u2192 ${to}`),
    ...(bad ? [element('span', { class: 'by' }, ' below zero')] : []),
  );
}

function mean(value: number): string {
  return signed(Math.round(value * 10) / 10);
}

function rowParts(
  question: PanelQuestion,
  index: number,
  bias: MeanLengthGap | null,
): (HTMLElement | null)[] {
  return (['chosen', 'rejected'] as const).map((side) => {
    const override = overrideFor(question, side, index);
    if (!override.ok) return null;
    const swap = Object.keys(override.sides).length > 1;
    const words = swap ? 'swap' : `${indexLabel(question, index)} as ${side}`;
    return effectPart(question, words, side, effectOf(question, override.sides), bias);
  });
}

function swapPart(question: PanelQuestion, bias: MeanLengthGap | null): HTMLElement | null {
  const { chosen, rejected } = question.pair;
  if (chosen === null || rejected === null || question.readOnly !== null) return null;
  const sides = { chosen: rejected.index, rejected: chosen.index };
  return effectPart(question, 'if swapped', null, effectOf(question, sides), bias);
}

/** To leave a pair out changes the set alone. */
function leaveOutPart(question: PanelQuestion, bias: MeanLengthGap | null): HTMLElement | null {
  const { chosen, rejected, leftOut } = question.pair;
  const has = chosen !== null && rejected !== null && leftOut === null;
  if (!has || question.readOnly !== null || bias === null) return null;
  const after = meanGapAfter(bias, question, null);
  if (after === null) return null;
  return element(
    'span',
    { class: 'effect' },
    element('span', { class: 'by' }, 'if both bad'),
    figure('mean gap of the set', mean(bias.meanGap), mean(after)),
  );
}

function effectPart(
  question: PanelQuestion,
  words: string,
  side: Side | null,
  { now, then }: Effect,
  bias: MeanLengthGap | null,
): HTMLElement | null {
  const figures: HTMLElement[] = [];
  if (now.margin !== null && then.margin !== null)
    figures.push(figure('margin', decimal(now.margin), decimal(then.margin), then.margin < 0));
  const unit = unitOf(now, then);
  const [gap, gapThen] = [now.gap[unit], then.gap[unit]];
  if (gap !== null && gapThen !== null)
    figures.push(figure('length gap', signed(gap), `${signed(gapThen)} ${unit}`));
  const after = bias && meanGapAfter(bias, question, then);
  if (bias !== null && after !== null)
    figures.push(figure('mean gap of the set', mean(bias.meanGap), mean(after)));
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
