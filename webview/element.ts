/**
 * Builds DOM without markup: attributes and children are data, and a string child becomes a text node. Nothing in the
 * webviews sets HTML, so a text of a model or a dataset cannot become an element.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A button that reads as a link: it does something here and has no address. */
export function linkButton(label: string, onClick: () => void): HTMLButtonElement {
  const made = element('button', { class: 'link', type: 'button' }, label);
  made.addEventListener('click', onClick);
  return made;
}
