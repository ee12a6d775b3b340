import { element } from '../element.ts';
import { decimal } from './format.ts';
import type { Ramp } from './ramp.ts';

const BAR = { width: 96, height: 8 };

/** The colour scale with its ends as numbers, and what a hatched cell means. */
export class Legend {
  readonly #canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly #low = element('span', { class: 'number' });
  readonly #high = element('span', { class: 'number' });
  readonly #axes = element('span', { class: 'axes' });
  readonly element = element(
    'div',
    { class: 'legend' },
    element('span', {}, 'utility'),
    this.#low,
    this.#canvas,
    this.#high,
    element(
      'span',
      { class: 'none' },
      element('span', { class: 'hatch', 'aria-hidden': 'true' }),
      'no value, or itself',
    ),
    this.#axes,
  );

  /** @param symmetric whether u(i, j) is u(j, i) throughout: if not, which axis is which matters, and is said aloud. */
  update(ramp: Ramp, pixelRatio: number, symmetric: boolean): void {
    this.#axes.textContent = symmetric
      ? 'row i, column j'
      : '\u2193 candidate i, \u2192 reference j: u(i, j) is not u(j, i)';
    this.#low.textContent = decimal(ramp.low);
    this.#high.textContent = decimal(ramp.high);
    const steps = ramp.pixels.length;
    const rows = Math.max(1, Math.round(BAR.height * pixelRatio));
    this.#canvas.width = steps;
    this.#canvas.height = rows;
    this.#canvas.style.width = `${BAR.width}px`;
    this.#canvas.style.height = `${BAR.height}px`;
    const pixels = new Uint32Array(steps * rows);
    for (let row = 0; row < rows; row++) pixels.set(ramp.pixels, row * steps);
    const image = new ImageData(new Uint8ClampedArray(pixels.buffer), steps, rows);
    this.#canvas.getContext('2d')?.putImageData(image, 0, 0);
  }
}
