import { extent } from 'd3-array';
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import type { PanelQuestion, PanelTrajectory } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { decimal, flaw, indexLabel } from './format.ts';
import type { Layout, MapGeometry } from './geometry.ts';
import { markLabel } from './markLabel.ts';
import { marksOf } from './marks.ts';
import { shownAxes, type PanelState } from './state.ts';

const LIST_ROW_PX = 20;

/**
 * A row per trajectory: index, score as bar and number, marks. Level with the heatmap where its rows are high enough. Where
 * nothing has a score, or scores are hidden, the final answer stands in its place.
 */
export class ScoreBars {
  readonly #range = element('span', { class: 'number range' });
  readonly #score = element('span', { class: 'number' }, 'score');
  readonly #head = element(
    'div',
    { class: 'scores-head', 'aria-hidden': 'true' },
    element('span', {}, '#'),
    this.#range,
    this.#score,
    element('span', {}, 'pair'),
  );
  readonly #list = element('div', { class: 'scores-list', role: 'listbox', tabindex: '0' });
  readonly element = element(
    'section',
    { class: 'scores', 'aria-label': 'Scores' },
    this.#head,
    this.#list,
  );
  readonly #onSelect: (index: number) => void;
  #rows = new Map<number, HTMLElement>();
  #selected: HTMLElement | null = null;

  constructor(onSelect: (index: number) => void) {
    this.#onSelect = onSelect;
  }

  update(state: PanelState, question: PanelQuestion): void {
    const [low, high] = extent(question.trajectories, ({ score }) => score ?? undefined);
    const hasScores = low !== undefined;
    const label = hasScores
      ? `Samples by ${state.order}, scored by ${question.scorer ?? 'the dataset'}`
      : 'Samples and their answers';
    this.#list.setAttribute('aria-label', label);
    this.element.classList.toggle('unscored', !hasScores);
    this.#score.hidden = !hasScores;
    const bars = barScale(low ?? 0, high ?? 0);
    const [from = 0, to = 0] = bars.domain();
    this.#range.textContent = hasScores ? `${from.toFixed(2)}\u2013${to.toFixed(2)}` : 'answer';
    this.#head.title = !hasScores
      ? ''
      : `Bars run from ${from.toFixed(2)} to ${to.toFixed(2)}, not from zero`;
    this.#selected = null;
    this.#rows = new Map();
    for (const index of shownAxes(state).rows) {
      const trajectory = state.trajectories.get(index);
      if (trajectory !== undefined)
        this.#rows.set(index, this.#row(question, trajectory, hasScores ? bars : null));
    }
    this.#list.replaceChildren(...this.#rows.values());
  }

  select(index: number | null): void {
    const row = index === null ? null : (this.#rows.get(index) ?? null);
    this.#selected?.classList.remove('selected');
    this.#selected?.setAttribute('aria-selected', 'false');
    this.#selected = row;
    if (row === null) {
      this.#list.removeAttribute('aria-activedescendant');
      return;
    }
    row.classList.add('selected');
    row.setAttribute('aria-selected', 'true');
    this.#list.setAttribute('aria-activedescendant', row.id);
    row.scrollIntoView({ block: 'nearest' });
  }

  /** `geometry` is that of the heatmap, or null without one; stacked, they do not stand beside each other. */
  fit(layout: Layout, geometry: MapGeometry | null): void {
    const beside = layout === 'stacked' ? null : geometry;
    const level = beside?.level === true;
    const rowPx = level ? beside.cell : LIST_ROW_PX;
    this.element.classList.toggle('level', level);
    this.element.style.setProperty('--row', `${rowPx}px`);
    this.element.style.setProperty('--mark-wrap', rowPx >= 30 ? 'wrap' : 'nowrap');
    this.element.style.setProperty(
      '--row-font',
      `${String(Math.max(10, Math.min(12, rowPx - 4)))}px`,
    );
    this.element.style.setProperty('--head', beside === null ? 'auto' : `${beside.top}px`);
    const shared = layout === 'wrapped' && beside !== null && !level;
    this.#list.style.maxHeight = shared ? `${beside.height - beside.top}px` : '';
  }

  #row(
    question: PanelQuestion,
    trajectory: PanelTrajectory,
    bars: ((score: number) => number) | null,
  ): HTMLElement {
    const { index, score } = trajectory;
    const marks = marksOf(question.pair, index, question.reviewer);
    const middle =
      bars === null
        ? [element('span', { class: 'row-answer' }, wordingOf(trajectory))]
        : scoreCells(score, bars);
    const wrong = flaw(trajectory, question);
    const row = element(
      'div',
      {
        class: 'score-row',
        role: 'option',
        id: `score-${index}`,
        'aria-selected': 'false',
      },
      element('span', { class: 'number index' }, indexLabel(question, index)),
      ...middle,
      element(
        'span',
        { class: 'marks' },
        ...marks.map((mark) => markLabel(mark, 'short')),
        ...(wrong === null ? [] : [element('span', { class: 'flaw', title: wrong }, wrong)]),
      ),
    );
    for (const { side, replaced } of marks) if (!replaced) row.classList.add(side);
    row.addEventListener('click', () => {
      this.#onSelect(index);
    });
    return row;
  }
}

function scoreCells(score: number | null, bars: (score: number) => number): HTMLElement[] {
  const fill = element('span', { class: 'fill' });
  fill.style.width = score === null ? '0' : `${bars(score)}%`;
  return [
    element('span', { class: 'bar' }, fill),
    element('span', { class: 'number' }, decimal(score)),
  ];
}

function wordingOf({ wording, cluster, failed }: PanelTrajectory): string {
  return cluster !== null && wording !== null ? wording : failed ? '' : 'unclear';
}

/**
 * Percent of the bar's width. Scores lie close together and far from zero, so the axis begins a little under the lowest
 * (its range is in the head of the list).
 */
function barScale(low: number, high: number): ScaleLinear<number, number> {
  const span = high - low;
  const from = span > 0 ? low - span * 0.15 : low - 0.05;
  const to = span > 0 ? high : high + 0.05;
  return scaleLinear().domain([from, to]).nice(10).range([0, 100]).clamp(true);
}
