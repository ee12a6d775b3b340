import type { PanelContext, PanelQuestion } from '../../src/protocol/panel.ts';
import { element, linkButton } from '../element.ts';
import { placeIn } from '../shownText.ts';
import { makeButton, makeField } from '../toolkit.ts';
import { ContextOutline, type PassageUse } from './contextOutline.ts';
import { searchContext, type Hit } from './contextSearch.ts';
import { wholeNumber } from './format.ts';
import { paint } from './highlights.ts';

export interface ContextHandlers {
  onToggle: (open: boolean) => void;
  /** The context as a document of the editor. */
  onDocument: () => void;
  /** The reviewer is done here and wants the keys back. */
  onDone: () => void;
}

/**
 * The passages of the context: outline left, texts right, search above. Passages out of sight are not laid out (see the
 * style sheet), so that 31K tokens cost as little as one.
 */
export class ContextPane {
  readonly #title = element('span', { class: 'fact' });
  readonly #hits = element('span', { class: 'fact number', 'aria-live': 'polite' });
  readonly #search = makeField('Search the context', 'search the context');
  readonly #outline: ContextOutline;
  readonly #texts = element('div', {
    class: 'passages',
    tabindex: '0',
    role: 'region',
    'aria-label': 'Passages',
  });
  readonly #body: HTMLElement;
  readonly #toggle: HTMLElement;
  readonly element: HTMLElement;
  #context: PanelContext | null = null;
  #passages: { section: HTMLElement; text: HTMLElement }[] = [];
  #found: Hit[] = [];
  #at = -1;
  #open = true;

  constructor(handlers: ContextHandlers) {
    this.#outline = new ContextOutline((place) => {
      this.show(place);
    });
    this.#toggle = makeButton({
      label: 'Context',
      title: 'Show or hide the context',
      icon: 'context',
      onClick: () => {
        handlers.onToggle(!this.#open);
      },
    });
    this.#body = element('div', { class: 'context-body' }, this.#outline.element, this.#texts);
    this.element = element(
      'section',
      { class: 'context', 'aria-label': 'Context' },
      element(
        'div',
        { class: 'context-head' },
        this.#toggle,
        this.#title,
        this.#search.element,
        this.#hits,
        element('span', { class: 'spring' }),
        linkButton('Open as document', handlers.onDocument),
      ),
      this.#body,
    );
    this.#search.element.addEventListener('input', () => {
      this.#find();
    });
    this.#search.element.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#step(event.shiftKey ? -1 : 1);
      else if (event.key === 'Escape') {
        this.#search.set('');
        this.#find();
        handlers.onDone();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  /** `context` is null until the editor has sent it. */
  update(question: PanelQuestion, context: PanelContext | null, open: boolean): void {
    this.#open = open;
    // Where the record names no documents, the passages are those that the text itself numbers.
    const count = context?.passages.length ?? question.documents.length;
    const tokens = `${wholeNumber(question.contextTokens)} tokens`;
    const passages = count === 1 ? '1 passage' : `${wholeNumber(count)} passages`;
    this.#title.textContent = `context: ${count === 0 ? tokens : `${passages}, ${tokens}`}`;
    this.#toggle.setAttribute('aria-expanded', String(open));
    this.element.classList.toggle('closed', !open);
    this.#body.hidden = !open;
    this.#search.element.hidden = !open;
    this.#hits.hidden = !open;
    if (context === this.#context) return;
    this.#context = context;
    this.#outline.update(context);
    this.#passages = (context?.passages ?? []).map(({ number, text }) => {
      const paragraph = element('p', {}, text);
      const section = element(
        'section',
        { class: 'passage', 'aria-label': `Passage ${number}` },
        element('span', { class: 'passage-number number' }, `Passage ${number}`),
        paragraph,
      );
      return { section, text: paragraph };
    });
    this.#texts.replaceChildren(...this.#passages.map(({ section }) => section));
    this.#texts.scrollTop = 0;
    this.#find();
  }

  /** Which passages the texts of the pair name. */
  mark(uses: ReadonlyMap<number, PassageUse>): void {
    this.#outline.mark(uses);
  }

  focusSearch(): void {
    this.#search.element.focus();
  }

  /** Brings a passage, by its place from 0, into view and says which it is in the outline. */
  show(place: number): void {
    const passage = this.#passages[place];
    if (passage === undefined) return;
    this.#outline.select(place);
    passage.section.scrollIntoView({ block: 'start' });
    for (const { section } of this.#passages)
      section.classList.toggle('shown', section === passage.section);
  }

  #find(): void {
    const phrase = this.#search.value();
    this.#found = this.#context === null ? [] : searchContext(this.#context, phrase);
    this.#at = -1;
    const counts = new Map<number, number>();
    for (const { passage } of this.#found) counts.set(passage, (counts.get(passage) ?? 0) + 1);
    this.#outline.found(phrase.trim() === '' ? null : counts);
    if (this.#found.length > 0) this.#step(1);
    else paint('sealong-found-now', []);
    paint(
      'sealong-found',
      this.#found.flatMap((hit) => this.#rangeOf(hit)),
    );
    if (phrase.trim() === '') this.#hits.textContent = '';
    else if (this.#found.length === 0) this.#hits.textContent = 'not found';
  }

  #step(by: 1 | -1): void {
    const count = this.#found.length;
    if (count === 0) return;
    this.#at = (this.#at + by + count) % count;
    const hit = this.#found[this.#at];
    const range = hit === undefined ? undefined : this.#rangeOf(hit)[0];
    if (hit === undefined || range === undefined) return;
    this.#hits.textContent = `${this.#at + 1} of ${count}`;
    paint('sealong-found-now', [range]);
    this.#outline.select(hit.passage);
    this.#passages[hit.passage]?.section.scrollIntoView({ block: 'nearest' });
    const box = range.getBoundingClientRect();
    const view = this.#texts.getBoundingClientRect();
    if (box.top < view.top || box.bottom > view.bottom)
      this.#texts.scrollTop += box.top - view.top - view.height / 3;
  }

  #rangeOf({ passage, start, end }: Hit): Range[] {
    const text = this.#passages[passage]?.text;
    if (text === undefined) return [];
    const range = new Range();
    const [from, to] = [placeIn(text, start), placeIn(text, end)];
    range.setStart(from.node, from.offset);
    range.setEnd(to.node, to.offset);
    return [range];
  }
}
