import { element } from '../element.ts';

/** A canvas whose unit is the CSS px, whatever the density of the screen. */
export class CanvasLayer {
  readonly canvas = element('canvas', { 'aria-hidden': 'true' });
  readonly context = this.canvas.getContext('2d');

  fit(size: { width: number; height: number; pixelRatio: number }): void {
    const { width, height, pixelRatio } = size;
    const [across, down] = [Math.round(width * pixelRatio), Math.round(height * pixelRatio)];
    // Setting the size allocates anew even where it stays the same.
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
    this.canvas.style.width = `${width}px`;
    this.canvas.style.height = `${height}px`;
    this.context?.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
  }
}
