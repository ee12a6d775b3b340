import type { PanelQuestion, PanelTrajectory } from '../../src/protocol/panel.ts';
import { element, linkButton } from '../element.ts';
import { textNodes } from '../shownText.ts';
import { decimal, indexLabel, signed, wholeNumber } from './format.ts';
import { alignedSteps, stepsOf, type Step } from './texts/steps.ts';
import { wordDiff } from './texts/wordDiff.ts';

/** Two texts side by side: their steps level with each other, and the words that differ marked. */
export class CompareView {
  readonly #facts = element('div', { class: 'compare-facts' });
  readonly #rows = element('div', { class: 'compare-rows' });
  readonly element = element(
    'div',
    { class: 'compare', tabindex: '0', role: 'region', 'aria-label': 'Differences' },
    this.#facts,
    this.#rows,
  );
  readonly #onDiff: () => void;

  constructor(onDiff: () => void) {
    this.#onDiff = onDiff;
  }

  update(question: PanelQuestion, left: PanelTrajectory, right: PanelTrajectory): void {
    const rows = alignedSteps(stepsOf(left.text), stepsOf(right.text));
    const open = linkButton('Open in the diff editor', this.#onDiff);
    this.#facts.replaceChildren(factsTable(question, left, right), open);
    this.#rows.replaceChildren(...rows.flatMap(({ left: a, right: b }) => stepCells(a, b)));
    this.element.scrollTop = 0;
  }
}

function stepCells(left: Step | null, right: Step | null): HTMLElement[] {
  const parts = wordDiff(left?.text.trimEnd() ?? '', right?.text.trimEnd() ?? '');
  const side = (kind: 'left' | 'right', step: Step | null): HTMLElement => {
    if (step === null) return element('div', { class: `step ${kind} absent` }, 'no step like it');
    const nodes = parts
      .filter((part) => part.kind === 'same' || part.kind === kind)
      .flatMap((part): Node[] => {
        const whole = left === null || right === null;
        if (part.kind === 'same' || whole || part.text.trim() === '') return textNodes(part.text);
        return [element(kind === 'left' ? 'del' : 'ins', {}, part.text)];
      });
    const alone = left === null || right === null ? ' alone' : '';
    return element('div', { class: `step ${kind}${alone}` }, ...nodes);
  };
  return [side('left', left), side('right', right)];
}

function factsTable(
  question: PanelQuestion,
  left: PanelTrajectory,
  right: PanelTrajectory,
): HTMLElement {
  const rows: [name: string, left: string, right: string, difference: string][] = [];
  const counted = (name: string, a: number | null, b: number | null): void => {
    const count = (value: number | null): string =>
      value === null ? '\u2013' : wholeNumber(value);
    rows.push([name, count(a), count(b), a === null || b === null ? '' : signed(a - b)]);
  };
  counted('tokens', left.completionTokens, right.completionTokens);
  counted('characters', left.text.length, right.text.length);
  for (const { name, of } of scorersOf(question)) {
    const [a, b] = [of(left.index), of(right.index)];
    const gap = a === null || b === null ? '' : decimal(a - b);
    rows.push([name, decimal(a), decimal(b), gap]);
  }
  const head = ['', indexLabel(question, left.index), indexLabel(question, right.index), 'gap'];
  return element(
    'table',
    {},
    element(
      'thead',
      {},
      element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name))),
    ),
    element(
      'tbody',
      {},
      ...rows.map(([name, ...values]) =>
        element(
          'tr',
          {},
          element('th', { scope: 'row' }, name),
          ...values.map((value) => element('td', { class: 'number' }, value)),
        ),
      ),
    ),
  );
}

function scorersOf(
  question: PanelQuestion,
): { name: string; of: (index: number) => number | null }[] {
  if (question.scorers === null) {
    if (question.scorer === null) return [];
    const of = (index: number) =>
      question.trajectories.find((each) => each.index === index)?.score ?? null;
    return [{ name: question.scorer, of }];
  }
  return question.scorers.scorers.map(({ scorer, standings }) => ({
    name: scorer,
    of: (index) => standings.find((standing) => standing.index === index)?.score ?? null,
  }));
}
