import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import type { Theme } from '../theme.ts';
import { indexLabel } from './format.ts';
import { mapGeometry, type MapGeometry } from './geometry.ts';
import { Heatmap } from './heatmap.ts';
import { Legend } from './legend.ts';
import { makeRamp } from './ramp.ts';
import type { Selection } from './selection.ts';
import { readout } from './sentences.ts';
import type { PanelState } from './state.ts';

/** The heatmap with its readout and legend, or why there is none. */
export class MapView {
  readonly #heatmap: Heatmap;
  readonly #legend = new Legend();
  readonly #readout = element('div', { class: 'readout number' });
  readonly #missing = element('p', { class: 'missing' });
  readonly #foot = element('div', { class: 'map-foot' }, this.#readout, this.#legend.element);
  readonly element: HTMLElement;
  #state: PanelState | null = null;

  constructor(onSelect: (selection: Selection) => void) {
    this.#heatmap = new Heatmap({
      onSelect,
      onHover: (selection) => {
        this.#describe(selection);
      },
    });
    this.element = element(
      'section',
      { class: 'map', 'aria-label': 'Utilities' },
      this.#heatmap.element,
      this.#foot,
      this.#missing,
    );
  }

  /** Draws for the space given and returns how the heatmap came out, or null without a matrix. */
  draw(
    state: PanelState,
    question: PanelQuestion,
    theme: Theme,
    space: { widthPx: number; heightPx: number },
  ): MapGeometry | null {
    this.#state = state;
    const { utilities, rows, selection } = state;
    const drawable = utilities !== null && rows.length > 1;
    this.#heatmap.element.hidden = !drawable;
    this.#foot.hidden = !drawable;
    this.#missing.hidden = drawable;
    this.element.classList.toggle('none', !drawable);
    if (!drawable) {
      this.#missing.textContent = whyMissing(question);
      return null;
    }
    const pixelRatio = window.devicePixelRatio;
    const geometry = mapGeometry({ count: rows.length, ...space, pixelRatio });
    const ramp = makeRamp(utilities, theme);
    const labels = rows.map((index) => indexLabel(question, index).slice(1));
    const { pair } = question;
    this.#heatmap.draw({ geometry, utilities, ramp, theme, rows, pair, labels }, selection);
    this.#legend.update(ramp, pixelRatio);
    this.#describe(null);
    return geometry;
  }

  select(state: PanelState): void {
    this.#state = state;
    this.#heatmap.select(state.selection);
    this.#describe(null);
  }

  /** Height of what stands under the heatmap, in CSS px. */
  footHeight(): number {
    return this.#foot.offsetHeight;
  }

  #describe(hover: Selection | null): void {
    const at = hover ?? this.#state?.selection ?? null;
    this.#readout.textContent =
      this.#state === null || at === null
        ? 'candidate i (row), reference j (column): point at a cell or use the arrow keys'
        : readout(this.#state, at);
  }
}

function whyMissing(question: PanelQuestion): string {
  if (question.matrixMissing !== null) return question.matrixMissing;
  if (question.trajectories.length < 2)
    return 'Utilities compare samples with each other: at least two are needed.';
  return 'There are no utilities of these samples.';
}
