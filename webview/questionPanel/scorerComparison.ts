import type { PanelQuestion, PanelScorers } from '../../src/protocol/panel.ts';
import { element, linkButton } from '../element.ts';
import { decimal, indexLabel } from './format.ts';
import './scorerComparison.css';

/** The shape that goes with the word `first`. */
const FIRST = '\u25c6';

/** Folded to one line that says whom the scorers put first; unfolded a table of ranks and their correlations. */
export class ScorerComparison {
  readonly #summary = element('summary');
  readonly #tables = element('div', {
    class: 'comparison-tables',
    tabindex: '0',
    role: 'group',
    'aria-label': 'Scorers side by side',
  });
  readonly element = element(
    'details',
    { class: 'comparison', hidden: '' },
    this.#summary,
    this.#tables,
  );
  readonly #onSelect: (index: number) => void;

  constructor(onSelect: (index: number) => void) {
    this.#onSelect = onSelect;
  }

  /** @param rows trajectory indices in the order of the panel's rows. */
  update(rows: readonly number[], question: PanelQuestion): void {
    const { scorers } = question;
    this.element.hidden = scorers === null;
    if (scorers === null) return;
    const said = winnersSentence(question, scorers);
    this.#summary.textContent = said;
    this.#summary.title = said;
    this.#tables.replaceChildren(
      this.#standings(rows, question, scorers),
      correlations(question, scorers),
    );
  }

  /** Folds or unfolds it. @returns what to say of it. */
  toggle(): string {
    if (this.element.hidden)
      return 'One scorer has scored this question; score with another to compare them.';
    this.element.open = !this.element.open;
    if (this.element.open) this.element.scrollIntoView({ block: 'nearest' });
    return this.element.open
      ? `Scorers side by side. ${this.#summary.textContent}`
      : 'Scorers folded.';
  }

  #standings(
    rows: readonly number[],
    question: PanelQuestion,
    { scorers }: PanelScorers,
  ): HTMLElement {
    const byIndex = scorers.map(
      ({ standings }) => new Map(standings.map((standing) => [standing.index, standing])),
    );
    const body = rows.map((index) => {
      const pick = linkButton(indexLabel(question, index), () => {
        this.#onSelect(index);
      });
      const cells = scorers.map(({ winner }, at) => {
        const standing = byIndex[at]?.get(index);
        if (!standing) return element('td', { class: 'number' }, '\u2013');
        return element(
          'td',
          { class: winner === index ? 'number first' : 'number' },
          winner === index ? `${FIRST} first` : String(standing.rank),
          element('span', { class: 'of' }, decimal(standing.score)),
        );
      });
      return element('tr', {}, element('th', { scope: 'row' }, pick), ...cells);
    });
    return element(
      'table',
      {},
      element('caption', {}, 'Rank and score of each sample under each scorer'),
      head(['sample', ...scorers.map(({ scorer }) => scorer)]),
      element('tbody', {}, ...body),
    );
  }
}

function correlations(question: PanelQuestion, { scorers, pairs }: PanelScorers): HTMLElement {
  const names = scorers.map(({ scorer }) => scorer);
  const body = names.map((row, i) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, row),
      ...names.map((column, j) => {
        const pair = pairs.find(({ scorers: of }) => of.includes(row) && of.includes(column));
        if (i === j || !pair) return element('td', { class: 'number' }, '\u2013');
        const title = `${row} and ${column}: Spearman ${decimal(pair.spearman)}, Kendall ${decimal(pair.kendall)}, ${pair.sameWinner ? 'same' : 'other'} winner`;
        const value = decimal(i < j ? pair.spearman : pair.kendall);
        return element('td', { class: 'number', title }, value);
      }),
    ),
  );
  const n = question.trajectories.filter(({ failed }) => !failed).length;
  return element(
    'table',
    {},
    element(
      'caption',
      {},
      `Rank correlation over ${String(n)} samples: above the diagonal Spearman\u2019s \u03c1, below it Kendall\u2019s \u03c4`,
    ),
    head(['', ...names]),
    element('tbody', {}, ...body),
  );
}

function head([first = '', ...names]: readonly string[]): HTMLElement {
  return element(
    'thead',
    {},
    element(
      'tr',
      {},
      first === '' ? element('td', {}) : element('th', { scope: 'col' }, first),
      ...names.map((name) => element('th', { scope: 'col', class: 'number' }, name)),
    ),
  );
}

function winnersSentence(question: PanelQuestion, { scorers, winners }: PanelScorers): string {
  const label = (indices: readonly number[]) =>
    indices.map((index) => indexLabel(question, index)).join(' = ');
  const [only] = winners;
  if (winners.length === 1 && only)
    return `All ${String(scorers.length)} scorers put ${label(only.indices)} first`;
  const each = winners.map(({ indices, scorers: by }) => `${label(indices)} by ${by.join(', ')}`);
  return `First of ${String(scorers.length)} scorers: ${each.join('; ')}`;
}
