import type { PanelQuestion, SaveFormat } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import type { Theme } from '../theme.ts';
import { indexLabel } from './format.ts';
import { mapGeometry, type MapGeometry } from './geometry.ts';
import { Heatmap } from './heatmap.ts';
import type { HeatmapPicture } from './heatmapPicture.ts';
import { Legend } from './legend.ts';
import { makeRamp } from './ramp.ts';
import type { Region } from './region.ts';
import { SaveLinks } from './saveLinks.ts';
import type { Selection } from './selection.ts';
import { alikeSentence, readout, shownSentence } from './sentences.ts';
import type { PanelState } from './state.ts';
import { scoreOf } from './sentences.ts';

export interface MapHandlers {
  onSelect: (selection: Selection) => void;
  /** A rectangle to zoom into, by places in the whole order. */
  onBrush: (region: Region) => void;
  onWhole: () => void;
  onSave: (format: SaveFormat) => void;
}

/** The heatmap with its readout and legend, or why there is none. */
export class MapView {
  readonly #heatmap: Heatmap;
  readonly #legend = new Legend();
  readonly #readout = element('div', { class: 'readout number' });
  readonly #shown = element('span', { class: 'fact number' });
  readonly #alike = element('p', { class: 'alike', role: 'note' });
  readonly #missing = element('p', { class: 'missing' });
  readonly #foot: HTMLElement;
  readonly element: HTMLElement;
  #state: PanelState | null = null;
  #picture: HeatmapPicture | null = null;

  constructor(handlers: MapHandlers) {
    this.#heatmap = new Heatmap({
      onSelect: handlers.onSelect,
      onHover: (selection) => {
        this.#describe(selection);
      },
      onBrush: (region) => {
        handlers.onBrush(moved(region, this.#state?.zoom ?? null, 1));
      },
      onWhole: handlers.onWhole,
    });
    const save = new SaveLinks(handlers.onSave);
    const last = element('div', { class: 'map-last' }, this.#shown, save.element);
    this.#foot = element(
      'div',
      { class: 'map-foot' },
      this.#alike,
      this.#readout,
      this.#legend.element,
      last,
    );
    this.element = element(
      'section',
      { class: 'map', 'aria-label': 'Utilities' },
      this.#heatmap.element,
      this.#foot,
      this.#missing,
    );
  }

  /** What is drawn, for the files that are made of it. */
  get picture(): HeatmapPicture | null {
    return this.#picture;
  }

  focus(): void {
    this.#heatmap.element.focus();
  }

  /** Draws for the space given and returns how the heatmap came out, or null without a matrix. */
  draw(
    state: PanelState,
    question: PanelQuestion,
    theme: Theme,
    space: { widthPx: number; heightPx: number },
  ): MapGeometry | null {
    this.#state = state;
    const { utilities } = state;
    const drawable = utilities !== null && state.columns.length > 1 && utilities.rows.length > 0;
    this.#heatmap.element.hidden = !drawable;
    this.#foot.hidden = !drawable;
    this.#missing.hidden = drawable;
    this.element.classList.toggle('none', !drawable);
    if (!drawable) {
      this.#picture = null;
      this.#missing.textContent = whyMissing(question);
      return null;
    }
    const pixelRatio = window.devicePixelRatio;
    const { rows, columns } = utilities;
    const geometry = mapGeometry({
      rows: rows.length,
      columns: columns.length,
      tree: state.tree !== null,
      ...space,
      pixelRatio,
    });
    const ramp = makeRamp(utilities, theme);
    const brackets = state.tree?.brackets ?? null;
    this.#picture = {
      geometry,
      utilities,
      ramp,
      theme,
      pair: question.pair,
      labels: columns.map((index) => indexLabel(question, index).slice(1)),
      scores: rows.map((index) => scoreOf(question, index)),
      tree: brackets && { brackets, firstColumn: state.zoom?.columns.from ?? 0 },
    };
    this.#heatmap.draw(this.#picture, state.selection, shownBrush(state));
    this.#alike.textContent = alikeSentence(state);
    this.#alike.hidden = this.#alike.textContent === '';
    this.#legend.update(ramp, pixelRatio, question.matrix?.symmetric !== false);
    this.#describe(null);
    return geometry;
  }

  select(state: PanelState): void {
    this.#state = state;
    this.#heatmap.select(state.selection, shownBrush(state));
    this.#describe(null);
  }

  /** Height of what stands under the heatmap, in CSS px. */
  footHeight(): number {
    return this.#foot.offsetHeight;
  }

  #describe(hover: Selection | null): void {
    if (this.#state === null) return;
    const at = hover ?? this.#state.selection;
    this.#shown.textContent = shownSentence(this.#state);
    this.#readout.textContent =
      at === null ? 'point at a cell, or use the arrow keys' : readout(this.#state, at);
  }
}

function shownBrush({ brush, zoom }: PanelState): Region | null {
  return brush === null ? null : moved(brush, zoom, -1);
}

/** From places in what is shown to places in the whole order, or back. */
function moved(region: Region, zoom: Region | null, direction: 1 | -1): Region {
  if (zoom === null) return region;
  const by = (span: { from: number; to: number }, start: number) => ({
    from: span.from + direction * start,
    to: span.to + direction * start,
  });
  return {
    rows: by(region.rows, zoom.rows.from),
    columns: by(region.columns, zoom.columns.from),
  };
}

function whyMissing(question: PanelQuestion): string {
  if (question.matrixMissing !== null) return question.matrixMissing;
  if (question.trajectories.length < 2)
    return 'Utilities compare samples with each other: at least two are needed.';
  return 'There are no utilities of these samples.';
}
