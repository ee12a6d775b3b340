import type { LineChart, TrainingRequest } from '../../src/protocol/training.ts';
import { chartPng, chartSvg, drawChart } from '../charts/drawChart.ts';
import { lineChart } from '../charts/lineChart.ts';
import { element } from '../element.ts';
import { gridTable } from '../gridTable.ts';
import { heading } from '../page/tables.ts';
import { makeButton } from '../toolkit.ts';

/** Steps in the table of numbers, evenly spread. */
const TABLE_ROWS = 12;

/** A chart of lines that is redrawn in place as they grow: buttons and an open table stay as they are. */
export class LineSection {
  readonly element: HTMLElement;
  readonly #drawing = element('div');
  readonly #numbers = element('details', {}, element('summary', {}, 'Numbers'));
  #chart: LineChart;

  constructor(chart: LineChart, ask: (request: TrainingRequest) => void) {
    this.#chart = chart;
    const { name, title } = chart;
    const save = (label: string, what: string, request: () => TrainingRequest) =>
      makeButton({
        label,
        title: `Save "${title}" as ${what}`,
        onClick: () => {
          ask(request());
        },
      });
    this.element = element(
      'section',
      { 'aria-label': title, 'data-chart': name },
      heading(title, [
        save('SVG...', 'a drawing', () => ({
          type: 'saveChart',
          name,
          format: 'svg',
          data: chartSvg(lineChart(this.#chart)),
        })),
        save('PNG...', 'a picture', () => ({
          type: 'saveChart',
          name,
          format: 'png',
          data: chartPng(lineChart(this.#chart)),
        })),
        save('CSV...', 'its numbers', () => ({ type: 'saveChart', name, format: 'csv' })),
      ]),
      this.#drawing,
      this.#numbers,
    );
    this.#numbers.addEventListener('toggle', () => {
      this.#fill();
    });
    this.#draw();
  }

  update(chart: LineChart): void {
    this.#chart = chart;
    this.#draw();
    this.#fill();
  }

  #draw(): void {
    const { title, lines, x } = this.#chart;
    const names = lines.map(({ label }) => label).join(', ');
    const what = x ? `${title}: ${names}.` : `${title} over the steps of ${names}.`;
    this.#drawing.replaceChildren(drawChart(lineChart(this.#chart), what));
  }

  #fill(): void {
    const [summary] = this.#numbers.children;
    if (!summary) return;
    const table = this.#numbers.open ? [numbersOf(this.#chart)] : [];
    this.#numbers.replaceChildren(summary, ...table);
  }
}

function numbersOf({ lines, x }: LineChart): HTMLElement {
  const steps = [...new Set(lines.flatMap(({ points }) => points.map(({ step }) => step)))].sort(
    (a, b) => a - b,
  );
  const stride = x ? 1 : Math.max(1, Math.ceil(steps.length / TABLE_ROWS));
  const shown = steps.filter((_, at) => (steps.length - 1 - at) % stride === 0);
  return gridTable({
    caption: '',
    columns: lines.map(({ label }) => label),
    rows: shown.map((step) => ({
      label: `${x?.label ?? 'step'} ${step.toLocaleString('en')}`,
      cells: lines.map(({ points }) => {
        const value = points.find((point) => point.step === step)?.value;
        return value === undefined ? '–' : Number(value.toPrecision(4)).toString();
      }),
    })),
  });
}
