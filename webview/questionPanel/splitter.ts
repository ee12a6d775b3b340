import { element } from '../element.ts';

const LEAST = 0.12;
const MOST = 0.75;
const STEP = 0.05;

/** The edge over the context: dragged, or moved by the arrow keys, it gives the context more of the panel or less. */
export class Splitter {
  readonly element = element('div', {
    class: 'splitter',
    role: 'separator',
    tabindex: '0',
    'aria-orientation': 'horizontal',
    'aria-label': 'Height of the context',
    'aria-valuemin': String(LEAST * 100),
    'aria-valuemax': String(MOST * 100),
  });
  readonly #onMove: (share: number) => void;
  #share = 0;

  /** `onMove` is told the share of the window's height that the context is to have. */
  constructor(onMove: (share: number) => void) {
    this.#onMove = onMove;
    const edge = this.element;
    edge.addEventListener('keydown', (event) => {
      const by = event.key === 'ArrowUp' ? STEP : event.key === 'ArrowDown' ? -STEP : 0;
      if (by === 0) return;
      event.preventDefault();
      event.stopPropagation();
      this.#move(this.#share + by);
    });
    edge.addEventListener('pointerdown', (event) => {
      edge.setPointerCapture(event.pointerId);
    });
    edge.addEventListener('pointermove', (event) => {
      if (!edge.hasPointerCapture(event.pointerId)) return;
      const below = document.querySelector('footer')?.getBoundingClientRect().top;
      this.#move(((below ?? window.innerHeight) - event.clientY) / window.innerHeight);
    });
  }

  show(share: number): void {
    this.#share = share;
    this.element.setAttribute('aria-valuenow', String(Math.round(share * 100)));
    document.body.style.setProperty('--context-height', `${share * 100}vh`);
  }

  #move(share: number): void {
    this.#onMove(Math.max(LEAST, Math.min(MOST, share)));
  }
}
