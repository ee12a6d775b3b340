import { element } from '../../element.ts';
import type { PassageReference } from './passageReferences.ts';
import type { TextSpan } from './textSpans.ts';

export type SentenceMark = 'most-alike' | 'least-alike' | 'unsupported' | 'alone';

export const MARK_WORDS: Record<SentenceMark, { shape: string; says: string }> = {
  'most-alike': { shape: '\u2248', says: 'most alike' },
  'least-alike': { shape: '\u2260', says: 'least alike' },
  unsupported: { shape: '?', says: 'few of its words in any passage' },
  alone: { shape: '1', says: 'in no other sample' },
};

export interface Marks {
  sentences: readonly (TextSpan & { mark: SentenceMark })[];
  references: readonly PassageReference[];
}

/** A text as nodes: marked sentences as `mark`, passage references as buttons, all else as text. */
export function markedText(
  text: string,
  { sentences, references }: Marks,
  onPassage: (number: number) => void,
): Node[] {
  const nodes: Node[] = [];
  const plain = (start: number, end: number): Node[] => {
    const parts: Node[] = [];
    let at = start;
    for (const reference of references) {
      if (reference.start < at || reference.end > end) continue;
      parts.push(document.createTextNode(text.slice(at, reference.start)));
      parts.push(referenceButton(text, reference, onPassage));
      at = reference.end;
    }
    parts.push(document.createTextNode(text.slice(at, end)));
    return parts;
  };
  let at = 0;
  for (const { start, end, mark } of [...sentences].sort((a, b) => a.start - b.start)) {
    // A sentence with two marks keeps the first.
    if (start < at) continue;
    nodes.push(...plain(at, start));
    const { shape, says } = MARK_WORDS[mark];
    const marked = element('mark', { class: mark, title: says, 'data-shape': shape });
    marked.append(...plain(start, end));
    nodes.push(marked);
    at = end;
  }
  nodes.push(...plain(at, text.length));
  return nodes;
}

function referenceButton(
  text: string,
  { start, end, number }: PassageReference,
  onPassage: (number: number) => void,
): HTMLElement {
  const button = element(
    'button',
    { class: 'reference', type: 'button', title: `Show passage ${number}` },
    text.slice(start, end),
  );
  button.addEventListener('click', () => {
    onPassage(number);
  });
  return button;
}
