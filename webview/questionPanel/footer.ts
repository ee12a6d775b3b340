import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { textNodes } from '../shownText.ts';
import { wholeNumber } from './format.ts';

/** What the question rests on in one line, and what was decided on it so far. */
export class Footer {
  readonly #related = element('span', { class: 'documents' });
  readonly #summary = element('summary');
  readonly #list = element('ol');
  readonly #decisions = element('details', { class: 'decisions' }, this.#summary, this.#list);
  readonly element = element('footer', {}, this.#related, this.#decisions);

  update(question: PanelQuestion): void {
    const related = question.documents.filter((document) => document.related);
    this.#related.replaceChildren(
      ...textNodes(
        related.length === 0 ? '' : `related: ${related.map(({ title }) => title).join(', ')}`,
      ),
    );

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
