import { element } from '../element.ts';
import { cellAt, type MapGeometry } from './geometry.ts';
import { drawFocus, drawHeatmap, type HeatmapPicture } from './heatmapDrawing.ts';
import type { Selection } from './selection.ts';

export interface HeatmapHandlers {
  onSelect: (selection: Selection) => void;
  /** The cell under the mouse, or null when it left. */
  onHover: (selection: Selection | null) => void;
}

/** Two canvases, one upon the other: the picture, and the outlines that move over it. */
export class Heatmap {
  readonly element: HTMLElement;
  readonly #picture = new Layer();
  readonly #outlines = new Layer();
  #shown: HeatmapPicture | null = null;
  #selection: Selection | null = null;
  #hover: Selection | null = null;

  constructor(handlers: HeatmapHandlers) {
    this.element = element(
      'div',
      {
        class: 'heatmap',
        tabindex: '0',
        role: 'application',
        'aria-roledescription': 'heatmap',
        'aria-label':
          'Utilities of every sample against every other. Arrow keys move, t shows a table.',
      },
      this.#picture.canvas,
      this.#outlines.canvas,
    );
    const top = this.#outlines.canvas;
    top.addEventListener('mousemove', (event) => {
      this.#setHover(this.#selectionAt(event));
      handlers.onHover(this.#hover);
    });
    top.addEventListener('mouseleave', () => {
      this.#setHover(null);
      handlers.onHover(null);
    });
    top.addEventListener('click', (event) => {
      const selection = this.#selectionAt(event);
      if (selection !== null) handlers.onSelect(selection);
    });
  }

  /** Draws anew. The time it takes is in the performance timeline as `heatmap`. */
  draw(picture: HeatmapPicture, selection: Selection | null): void {
    const start = performance.now();
    this.#shown = picture;
    this.#hover = null;
    this.#picture.fit(picture.geometry);
    this.#outlines.fit(picture.geometry);
    if (this.#picture.context !== null) drawHeatmap(this.#picture.context, picture);
    this.select(selection);
    performance.measure('heatmap', { start, end: performance.now() });
  }

  select(selection: Selection | null): void {
    this.#selection = selection;
    this.#refresh();
  }

  #setHover(hover: Selection | null): void {
    if (hover?.row === this.#hover?.row && hover?.column === this.#hover?.column) return;
    this.#hover = hover;
    this.#refresh();
  }

  #refresh(): void {
    const { context } = this.#outlines;
    if (context === null || this.#shown === null) return;
    const { width, height } = this.#shown.geometry;
    context.clearRect(0, 0, width, height);
    for (const [kind, selection] of [
      ['hover', this.#hover],
      ['focus', this.#selection],
    ] as const) {
      const at = this.#positionOf(selection);
      if (at !== null) drawFocus(context, this.#shown, at, kind);
    }
  }

  #positionOf(selection: Selection | null): { row: number; column: number | null } | null {
    if (selection === null || this.#shown === null) return null;
    const row = this.#shown.rows.indexOf(selection.row);
    if (row < 0) return null;
    const column = selection.column === null ? -1 : this.#shown.rows.indexOf(selection.column);
    return { row, column: column < 0 ? null : column };
  }

  /** The diagonal has no cell to select: it stands for its row. */
  #selectionAt(event: MouseEvent): Selection | null {
    if (this.#shown === null) return null;
    const { rows, geometry } = this.#shown;
    const cell = cellAt(geometry, ...pointOf(event, geometry));
    if (cell === null) return null;
    const row = rows[cell.row];
    const column = rows[cell.column];
    if (row === undefined || column === undefined) return null;
    return { row, column: row === column ? null : column };
  }
}

function pointOf(event: MouseEvent, geometry: MapGeometry): [x: number, y: number] {
  const target = event.currentTarget;
  const width = target instanceof HTMLElement ? target.getBoundingClientRect().width : 0;
  const shrunk = width > 0 ? geometry.width / width : 1;
  return [event.offsetX * shrunk, event.offsetY * shrunk];
}

/** A canvas whose unit is the CSS px, whatever the density of the screen. */
class Layer {
  readonly canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly context = this.canvas.getContext('2d');

  fit({ width, height, pixelRatio }: MapGeometry): void {
    const [across, down] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
    // Setting the size allocates anew even where it stays the same.
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.context?.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  }
}
