import { element } from '../element.ts';
import { CanvasLayer } from './canvasLayer.ts';
import { cellAt } from './geometry.ts';
import { drawHeatmap } from './heatmapDrawing.ts';
import type { HeatmapPicture } from './heatmapPicture.ts';
import { drawBrush, drawFocus } from './heatmapOutlines.ts';
import { regionBetween, type Place, type Region } from './region.ts';
import type { Selection } from './selection.ts';

export interface HeatmapHandlers {
  onSelect: (selection: Selection) => void;
  /** The cell under the mouse, or null when it left. */
  onHover: (selection: Selection | null) => void;
  /** A rectangle was drawn with the mouse, in places of what is shown. */
  onBrush: (region: Region) => void;
  /** A double click. */
  onWhole: () => void;
}

/** Cells that the mouse must have crossed for a press to be a drag. */
const LEAST_DRAG_PX = 5;

/** Two canvases, one upon the other: the picture, and the outlines that move over it. */
export class Heatmap {
  readonly element: HTMLElement;
  readonly #handlers: HeatmapHandlers;
  readonly #picture = new CanvasLayer();
  readonly #outlines = new CanvasLayer();
  #shown: HeatmapPicture | null = null;
  #selection: Selection | null = null;
  #brush: Region | null = null;
  #hover: Selection | null = null;
  #drag: { from: Place; x: number; y: number; region: Region | null } | null = null;

  constructor(handlers: HeatmapHandlers) {
    this.#handlers = handlers;
    this.element = element(
      'div',
      {
        class: 'heatmap',
        tabindex: '0',
        role: 'application',
        'aria-roledescription': 'heatmap',
        'aria-label':
          'Utilities of every sample against every other. Arrow keys move, plus and minus zoom, t shows a table.',
      },
      this.#picture.canvas,
      this.#outlines.canvas,
    );
    this.#listen(this.#outlines.canvas);
  }

  /** Draws anew. The time it takes is in the performance timeline as `heatmap`. */
  draw(picture: HeatmapPicture, selection: Selection | null, brush: Region | null): void {
    const start = performance.now();
    this.#shown = picture;
    this.#hover = null;
    this.#picture.fit(picture.geometry);
    this.#outlines.fit(picture.geometry);
    if (this.#picture.context !== null) drawHeatmap(this.#picture.context, picture);
    this.select(selection, brush);
    performance.measure('heatmap', { start, end: performance.now() });
  }

  /** @param brush in places of what is shown. */
  select(selection: Selection | null, brush: Region | null): void {
    this.#selection = selection;
    this.#brush = brush;
    this.#refresh();
  }

  #listen(top: HTMLCanvasElement): void {
    top.addEventListener('mousemove', (event) => {
      if (this.#drag !== null) return;
      this.#setHover(this.#selectionAt(this.#placeAt(event)));
      this.#handlers.onHover(this.#hover);
    });
    top.addEventListener('mouseleave', () => {
      this.#setHover(null);
      this.#handlers.onHover(null);
    });
    top.addEventListener('dblclick', () => {
      this.#handlers.onWhole();
    });
    top.addEventListener('pointerdown', (event) => {
      const from = this.#placeAt(event);
      if (from === null || event.button !== 0) return;
      top.setPointerCapture(event.pointerId);
      this.#drag = { from, x: event.offsetX, y: event.offsetY, region: null };
    });
    top.addEventListener('pointermove', (event) => {
      if (this.#drag === null) return;
      const { x, y, from, region } = this.#drag;
      const far = Math.hypot(event.offsetX - x, event.offsetY - y) >= LEAST_DRAG_PX;
      const to = this.#placeAt(event);
      if ((!far && region === null) || to === null) return;
      this.#drag.region = regionBetween(from, to);
      this.#refresh();
    });
    top.addEventListener('pointerup', (event) => {
      const drag = this.#drag;
      this.#drag = null;
      if (drag === null) return;
      if (drag.region !== null) {
        this.#handlers.onBrush(drag.region);
        return;
      }
      const selection = this.#selectionAt(this.#placeAt(event));
      if (selection !== null) this.#handlers.onSelect(selection);
    });
    top.addEventListener('pointercancel', () => {
      this.#drag = null;
      this.#refresh();
    });
  }

  #setHover(hover: Selection | null): void {
    if (hover?.row === this.#hover?.row && hover?.column === this.#hover?.column) return;
    this.#hover = hover;
    this.#refresh();
  }

  #refresh(): void {
    const { context } = this.#outlines;
    const picture = this.#shown;
    if (context === null || picture === null) return;
    const { width, height } = picture.geometry;
    context.clearRect(0, 0, width, height);
    const brush = this.#drag?.region ?? this.#brush;
    if (brush !== null) drawBrush(context, picture, brush);
    for (const [kind, selection] of [
      ['hover', this.#hover],
      ['focus', this.#selection],
    ] as const) {
      if (selection === null) continue;
      const row = picture.utilities.rows.indexOf(selection.row);
      const column =
        selection.column === null ? -1 : picture.utilities.columns.indexOf(selection.column);
      drawFocus(context, picture, { row, column }, kind);
    }
  }

  #placeAt(event: MouseEvent): Place | null {
    if (this.#shown === null) return null;
    const { geometry } = this.#shown;
    const target = event.currentTarget;
    const width = target instanceof HTMLElement ? target.getBoundingClientRect().width : 0;
    const shrunk = width > 0 ? geometry.width / width : 1;
    return cellAt(geometry, event.offsetX * shrunk, event.offsetY * shrunk);
  }

  /** A trajectory against itself has no cell to select: it stands for its row. */
  #selectionAt(place: Place | null): Selection | null {
    if (this.#shown === null || place === null) return null;
    const row = this.#shown.utilities.rows[place.row];
    const column = this.#shown.utilities.columns[place.column];
    if (row === undefined || column === undefined) return null;
    return { row, column: row === column ? null : column };
  }
}
