import { visibleText } from '../src/protocol/hiddenCharacters.ts';
import { textNodes } from './shownText.ts';

/** Attributes that people read or hear. */
const TOLD: ReadonlySet<string> = new Set(['title', 'aria-label']);

/**
 * Builds DOM without markup: attributes and children are data, and a string child becomes text, in which nothing is hidden.
 * Nothing in the webviews sets HTML, so a text of a model or a dataset cannot become an element.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    made.setAttribute(name, TOLD.has(name) ? visibleText(value) : value);
  for (const child of children)
    if (typeof child === 'string') made.append(...textNodes(child));
    else made.append(child);
  return made;
}

/** A button that reads as a link: it does something here and has no address. */
export function linkButton(label: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', { class: 'link', type: 'button' }, label);
  made.addEventListener('click', onClick);
  return made;
}
