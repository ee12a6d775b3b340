import { visibleText } from '../../src/protocol/hiddenCharacters.ts';
import type { PanelContext } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { beginningOf } from './format.ts';
import { SHAPES, SIDES, type Side } from './marks.ts';

/** Which sides of the pair name a passage. */
export type PassageUse = ReadonlySet<Side>;

/** The passages by number and title; one button each, arrow keys move between them. */
export class ContextOutline {
  readonly element = element('ol', { class: 'outline', 'aria-label': 'Outline of the context' });
  readonly #onShow: (place: number) => void;
  #entries: { button: HTMLElement; uses: HTMLElement; count: HTMLElement; title: string }[] = [];

  constructor(onShow: (place: number) => void) {
    this.#onShow = onShow;
    this.element.addEventListener('keydown', (event) => {
      const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      const at = this.#entries.findIndex(({ button }) => button === document.activeElement);
      if (by === 0 || at < 0) return;
      event.preventDefault();
      event.stopPropagation();
      const next = Math.max(0, Math.min(this.#entries.length - 1, at + by));
      this.#entries[next]?.button.focus();
      this.#onShow(next);
    });
  }

  update(context: PanelContext | null): void {
    const passages = context?.passages ?? [];
    this.#entries = passages.map(({ number, title, related, text }, place) => {
      const uses = element('span', { class: 'uses' });
      const count = element('span', { class: 'number hits' });
      const name = title === '' ? beginningOf(text, 60) : title;
      const button = element(
        'button',
        { type: 'button', class: 'entry-button', tabindex: place === 0 ? '0' : '-1' },
        element('span', { class: 'number place' }, String(number)),
        element('span', { class: 'name' }, name),
        ...(related
          ? [
              element(
                'span',
                { class: 'related', title: 'The dataset says the answer rests on it' },
                'related',
              ),
            ]
          : []),
        uses,
        count,
      );
      button.addEventListener('click', () => {
        this.#onShow(place);
      });
      return { button, uses, count, title: `Passage ${number}: ${name}` };
    });
    for (const { button, title } of this.#entries) button.title = visibleText(title);
    this.element.replaceChildren(...this.#entries.map(({ button }) => element('li', {}, button)));
  }

  select(place: number): void {
    for (const [at, { button }] of this.#entries.entries()) {
      button.classList.toggle('selected', at === place);
      button.tabIndex = at === Math.max(0, place) ? 0 : -1;
      if (at === place) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
    this.#entries[place]?.button.scrollIntoView({ block: 'nearest' });
  }

  mark(uses: ReadonlyMap<number, PassageUse>): void {
    for (const [place, entry] of this.#entries.entries()) {
      const sides = SIDES.filter((side) => uses.get(place + 1)?.has(side));
      entry.uses.replaceChildren(
        ...sides.map((side) =>
          element(
            'span',
            { class: `mark ${side}`, title: `Named by ${side}` },
            element(
              'span',
              { class: 'shape', role: 'img', 'aria-label': `named by ${side}` },
              SHAPES[side],
            ),
          ),
        ),
      );
    }
  }

  /** @param counts hits by place of the passage; null without a search. */
  found(counts: ReadonlyMap<number, number> | null): void {
    for (const [place, { button, count }] of this.#entries.entries()) {
      const hits = counts?.get(place) ?? 0;
      count.textContent = hits === 0 ? '' : String(hits);
      button.classList.toggle('not-found', counts !== null && hits === 0);
    }
  }
}
