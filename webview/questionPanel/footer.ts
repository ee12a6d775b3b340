import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { element, linkButton } from '../element.ts';
import { wholeNumber } from './format.ts';

/** The context's documents in one line, and what was decided on this question so far. */
export class Footer {
  readonly #documents = element('span', { class: 'documents' });
  readonly #open: HTMLElement;
  readonly #summary = element('summary');
  readonly #list = element('ol');
  readonly #decisions = element('details', { class: 'decisions' }, this.#summary, this.#list);
  readonly element: HTMLElement;

  constructor(onOpenContext: () => void) {
    this.#open = linkButton('Open context', onOpenContext);
    this.element = element('footer', {}, this.#open, this.#documents, this.#decisions);
  }

  update(question: PanelQuestion): void {
    const { documents } = question;
    const tokens = `${wholeNumber(question.contextTokens)} tokens`;
    const related = documents.filter((document) => document.related);
    const count = documents.length;
    const parts = [count === 1 ? '1 document' : `${wholeNumber(count)} documents`, tokens];
    if (related.length > 0) parts.push(`related: ${related.map(({ title }) => title).join(', ')}`);
    this.#documents.textContent = parts.join(' \u00b7 ');
    this.#documents.title = documents.map(({ title }, i) => `${i + 1} ${title}`).join('\n');

    const made = question.decisions.length;
    this.#decisions.hidden = made === 0;
    this.#summary.textContent = made === 1 ? '1 decision' : `${wholeNumber(made)} decisions`;
    this.#list.replaceChildren(
      ...question.decisions.map((decision) => {
        const reason = decision.reason === undefined ? '' : ` \u2013 ${decision.reason}`;
        const who = decision.reviewer === question.reviewer ? 'you' : decision.reviewer;
        const when = element(
          'time',
          { datetime: decision.at, class: 'number' },
          readableTime(decision.at),
        );
        return element('li', {}, when, ` ${who}: ${decision.text}${reason}`);
      }),
    );
  }
}

function readableTime(at: string): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime())
    ? at
    : date.toLocaleString([], { dateStyle: 'short', timeStyle: 'short' });
}
