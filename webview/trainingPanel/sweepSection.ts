import type { SweepFigures, TrainingRequest } from '../../src/protocol/training.ts';
import { element } from '../element.ts';
import { gridTable } from '../gridTable.ts';
import { heading } from '../page/tables.ts';
import { makeButton } from '../toolkit.ts';
import { LineSection } from './lineSection.ts';

/** The final figures of a sweep's members as a table and as lines over what varies, in place as they come. */
export class SweepSection {
  readonly element: HTMLElement;
  readonly #ask: (request: TrainingRequest) => void;
  readonly #note = element('p', { class: 'note' });
  readonly #table = element('div', { class: 'figures', tabindex: '0' });
  readonly #charts = element('div', { class: 'charts' });
  readonly #sections = new Map<string, LineSection>();
  #figures: SweepFigures;

  constructor(figures: SweepFigures, ask: (request: TrainingRequest) => void) {
    this.#figures = figures;
    this.#ask = ask;
    const { title, name } = figures;
    const buttons = [
      makeButton({
        label: 'Draw All',
        title: `Draw the runs of "${title}" over one another, and no others`,
        onClick: () => {
          ask({ type: 'draw', runs: this.#figures.runs });
        },
      }),
      makeButton({
        label: 'CSV...',
        title: `Save the figures of "${title}" with all their digits`,
        onClick: () => {
          ask({ type: 'saveChart', name, format: 'csv' });
        },
      }),
    ];
    this.#table.setAttribute('role', 'region');
    this.#table.setAttribute('aria-label', `Final figures of ${title}`);
    this.element = element(
      'section',
      { 'aria-label': title, 'data-sweep': name, class: 'sweep' },
      heading(title, buttons),
      this.#note,
      this.#table,
      this.#charts,
    );
    this.update(figures);
  }

  update(figures: SweepFigures): void {
    this.#figures = figures;
    const { state, columns, rows, charts } = figures;
    this.#note.textContent = `${state}. A final figure is the mean over the last tenth of the steps.`;
    this.#table.replaceChildren(gridTable({ caption: '', columns, rows }));
    for (const chart of charts) {
      const known = this.#sections.get(chart.name);
      if (known) known.update(chart);
      else this.#sections.set(chart.name, new LineSection(chart, this.#ask));
    }
    const shown = charts.flatMap(({ name }) => this.#sections.get(name)?.element ?? []);
    if (shown.length !== this.#charts.children.length) this.#charts.replaceChildren(...shown);
  }
}
