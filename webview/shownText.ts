import { shownParts, visibleText } from '../src/protocol/hiddenCharacters.ts';
import './shownText.css';

/** More elements than these are slow to lay out, and more than a call takes as arguments. */
const MOST_PARTS = 10_000;

/**
 * A text as nodes. A character that would not be seen stands in an element of its own that shows and names it, and beyond
 * which it has no effect. Offsets are those of the text: what the nodes hold is the text itself, but where it is made of
 * little else than such characters.
 */
export function textNodes(text: string): Node[] {
  const parts = shownParts(text);
  if (parts.length > MOST_PARTS) return [document.createTextNode(visibleText(text))];
  return parts.map((part) => {
    if (part.kind === 'plain') return document.createTextNode(part.text);
    const mark = document.createElement('span');
    mark.className = 'hidden-character';
    mark.setAttribute('role', 'img');
    mark.setAttribute('aria-label', part.name);
    mark.title = part.name;
    mark.dataset['mark'] = part.mark;
    mark.append(part.text);
    return mark;
  });
}

/** Where an offset into the text of an element stands in its nodes. */
export function placeIn(root: Node, offset: number): { node: Node; offset: number } {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let left = offset;
  let last: { node: Node; offset: number } = { node: root, offset: 0 };
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const length = node.nodeValue?.length ?? 0;
    if (left <= length) return { node, offset: left };
    left -= length;
    last = { node, offset: length };
  }
  return last;
}
