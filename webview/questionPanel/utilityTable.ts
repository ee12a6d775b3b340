import type { PanelQuestion, PanelTrajectory } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { answerSource } from './answerSource.ts';
import { decimal, flaw, indexLabel } from './format.ts';
import { markLabel } from './markLabel.ts';
import { marksOf } from './marks.ts';
import type { Selection } from './selection.ts';
import { placeOf, shownAxes, type PanelState } from './state.ts';
import { utilityOf } from './utilities.ts';

const FACT_COLUMNS = ['sample', 'score', 'pair', 'state', 'tokens', 'answer', 'found'];
const NUMBERS = new Set(['score', 'tokens']);
/** More cells than these take seconds to lay out: the table then shows the block around the focus. */
const MOST = { rows: 128, columns: 128 };

/** The scores and the whole utility matrix as numbers in a real table: what the heatmap shows, for everyone. */
export class UtilityTable {
  readonly #table = element('table');
  readonly element = element(
    'section',
    { class: 'table', tabindex: '0', 'aria-label': 'Scores and utilities as a table' },
    this.#table,
  );
  #rows: readonly number[] = [];
  #columns: readonly number[] = [];
  #selected: Element[] = [];

  constructor(onSelect: (selection: Selection) => void) {
    this.#table.addEventListener('click', (event) => {
      const cell = event.target instanceof Element ? event.target.closest('td, th') : null;
      if (!(cell instanceof HTMLTableCellElement)) return;
      const row = this.#rows[this.#rowElements().indexOf(cell.parentElement)];
      if (row === undefined) return;
      const column = this.#columns[cell.cellIndex - FACT_COLUMNS.length];
      onSelect({ row, column: column === undefined || column === row ? null : column });
    });
  }

  update(state: PanelState, question: PanelQuestion): void {
    const { utilities } = state;
    const { rows, columns, note } = blockOf(state);
    this.#rows = rows;
    this.#columns = utilities === null ? [] : columns;
    this.#selected = [];
    const head = element(
      'tr',
      {},
      ...FACT_COLUMNS.map((name) =>
        element(
          'th',
          { scope: 'col', class: NUMBERS.has(name) ? 'number' : `column-${name}` },
          name,
        ),
      ),
      ...(utilities === null
        ? []
        : columns.map((index) =>
            element(
              'th',
              { scope: 'col', class: 'number' },
              `u(i, ${indexLabel(question, index)})`,
            ),
          )),
    );
    const body = rows.map((index) => {
      const cells = factCells(state, question, index);
      if (utilities !== null) {
        for (const reference of columns) {
          const value = utilityOf(question.matrix, index, reference);
          cells.push(element('td', { class: 'number' }, decimal(value)));
        }
      }
      return element('tr', {}, ...cells);
    });
    const scorer = question.scorer ?? 'no scorer';
    this.#table.replaceChildren(
      element(
        'caption',
        {},
        element(
          'span',
          {},
          `Samples by ${state.order}, scored by ${scorer}; u(i, j) is the utility of candidate i (row) against reference j (column).${note}`,
        ),
      ),
      element('thead', {}, head),
      element('tbody', {}, ...body),
    );
  }

  /** Whether the focus is in the block that is there, so that it need not be made anew. */
  holds(selection: Selection | null): boolean {
    if (selection === null) return true;
    const { row, column } = selection;
    return this.#rows.includes(row) && (column === null || this.#columns.includes(column));
  }

  select(selection: Selection | null): void {
    for (const cell of this.#selected) {
      cell.classList.remove('selected', 'focused');
      cell.removeAttribute('aria-current');
    }
    this.#selected = [];
    if (selection === null) return;
    const row = this.#table.tBodies[0]?.rows[this.#rows.indexOf(selection.row)];
    if (row === undefined) return;
    const column = selection.column === null ? -1 : this.#columns.indexOf(selection.column);
    const cell = row.cells[column < 0 ? 0 : FACT_COLUMNS.length + column];
    if (cell === undefined) return;
    row.classList.add('selected');
    cell.classList.add('focused');
    cell.setAttribute('aria-current', 'true');
    this.#selected = [row, cell];
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #rowElements(): (Element | null)[] {
    return [...(this.#table.tBodies[0]?.rows ?? [])];
  }
}

function blockOf(state: PanelState): {
  rows: readonly number[];
  columns: readonly number[];
  note: string;
} {
  const { rows, columns } = shownAxes(state);
  const { row, column } = placeOf(state);
  const block = (
    indices: readonly number[],
    most: number,
    place: number,
    first: number,
  ): readonly number[] => {
    const from = Math.floor(Math.max(0, place - first) / most) * most;
    return indices.slice(from, from + most);
  };
  const some = {
    rows: block(rows, MOST.rows, row, state.zoom?.rows.from ?? 0),
    columns: block(columns, MOST.columns, column, state.zoom?.columns.from ?? 0),
  };
  const cut = some.rows.length < rows.length || some.columns.length < columns.length;
  const note = cut
    ? ` ${some.rows.length} of ${rows.length} rows and ${some.columns.length} of ${columns.length} columns: those around the focus.`
    : '';
  return { ...some, note };
}

function factCells(state: PanelState, question: PanelQuestion, index: number): HTMLElement[] {
  const trajectory = state.trajectories.get(index);
  const marks = marksOf(question.pair, index, question.reviewer);
  const wrong = trajectory === undefined ? 'missing' : flaw(trajectory, question);
  return [
    element('th', { scope: 'row', class: 'number' }, indexLabel(question, index)),
    element('td', { class: 'number' }, decimal(trajectory?.score ?? null)),
    element('td', {}, ...marks.map((mark) => markLabel(mark))),
    element('td', {}, wrong ?? 'complete'),
    element('td', { class: 'number' }, String(trajectory?.completionTokens ?? '\u2013')),
    ...answerCells(trajectory, question.reviewer),
  ];
}

/** Its answer, and by which rule it was found or who read it. */
function answerCells(trajectory: PanelTrajectory | undefined, me: string): HTMLElement[] {
  if (trajectory === undefined || trajectory.failed) return [element('td'), element('td')];
  const answer = trajectory.cluster === null ? 'unclear' : (trajectory.wording ?? 'unclear');
  const { label, title } = answerSource(trajectory, me);
  return [element('td', { title: answer }, answer), element('td', { title }, label)];
}
