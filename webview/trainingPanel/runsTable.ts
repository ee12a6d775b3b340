import { MOST_RUNS, type TrainingRun, type TrainingView } from '../../src/protocol/training.ts';
import { dashOfSeries, SERIES_COLOURS } from '../charts/chartShapes.ts';
import { element } from '../element.ts';

const SVG = 'http://www.w3.org/2000/svg';

/** The runs with their latest numbers, which choose what is drawn; it changes in place. */
export class RunsTable {
  readonly element = element('section', { class: 'runs', 'aria-label': 'Runs', tabindex: '0' });
  readonly #draw: (runs: string[]) => void;
  #shape = '';
  #rows: { box: HTMLInputElement; swatch: HTMLElement; cells: HTMLElement[] }[] = [];

  /** @param draw is given the ids of the runs that are ticked. */
  constructor(draw: (runs: string[]) => void) {
    this.#draw = draw;
  }

  update({ runs, columns }: TrainingView): void {
    const shape = JSON.stringify([columns, runs.map(({ id, label }) => [id, label])]);
    if (shape !== this.#shape) this.#build(runs, columns);
    this.#shape = shape;
    const full = runs.filter(({ hue }) => hue !== undefined).length >= MOST_RUNS;
    for (const [at, run] of runs.entries()) {
      const row = this.#rows[at];
      if (!row) continue;
      const drawn = run.hue !== undefined;
      row.box.checked = drawn;
      row.box.disabled = full && !drawn;
      row.swatch.replaceChildren(...(run.hue === undefined ? [] : [swatch(run.hue)]));
      for (const [place, text] of run.cells.entries()) {
        const cell = row.cells[place];
        if (cell && cell.textContent !== text) cell.textContent = text;
      }
    }
  }

  #build(runs: readonly TrainingRun[], columns: readonly string[]): void {
    this.#rows = runs.map(({ id, label, cells }) => {
      const box = element('input', { type: 'checkbox', 'aria-label': `Draw ${label}`, value: id });
      box.addEventListener('change', () => {
        this.#draw(this.#rows.filter((row) => row.box.checked).map((row) => row.box.value));
      });
      return {
        box,
        swatch: element('span', { class: 'swatch', 'aria-hidden': 'true' }),
        cells: cells.map(() => element('td')),
      };
    });
    this.element.replaceChildren(
      element(
        'table',
        { class: 'grid' },
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            element('th', { scope: 'col' }, 'run'),
            ...columns.map((column) => element('th', { scope: 'col' }, column)),
          ),
        ),
        element(
          'tbody',
          {},
          ...this.#rows.map(({ box, swatch: line, cells }, at) =>
            element(
              'tr',
              {},
              element(
                'th',
                { scope: 'row', title: runs[at]?.id ?? '' },
                element('label', {}, box, line, runs[at]?.label ?? ''),
              ),
              ...cells,
            ),
          ),
        ),
      ),
    );
  }
}

/** A piece of the run's line. */
function swatch(hue: number): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  for (const [name, value] of Object.entries({ width: '24', height: '8', viewBox: '0 0 24 8' }))
    svg.setAttribute(name, value);
  svg.setAttribute('class', 'chart');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', 'M0,4H24');
  path.setAttribute('class', `line series-${hue % SERIES_COLOURS}`);
  path.setAttribute('stroke-dasharray', dashOfSeries(hue).join(' '));
  svg.append(path);
  return svg;
}
