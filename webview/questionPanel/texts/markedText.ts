import { element } from '../../element.ts';
import { textNodes } from '../../shownText.ts';
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
  /** Where the final answer stands, with what to say of it. */
  answer: (TextSpan & { says: string }) | null;
}

/** A text as nodes: marked sentences as `mark`, the final answer underlined, passage references as buttons, else text. */
export function markedText(
  text: string,
  { sentences, references, answer }: Marks,
  onPassage: (number: number) => void,
): Node[] {
  const nodes: Node[] = [];
  const unmarked = (start: number, end: number): Node[] => {
    const parts: Node[] = [];
    let at = start;
    for (const reference of references) {
      if (reference.start < at || reference.end > end) continue;
      parts.push(...textNodes(text.slice(at, reference.start)));
      parts.push(referenceButton(text, reference, onPassage));
      at = reference.end;
    }
    parts.push(...textNodes(text.slice(at, end)));
    return parts;
  };
  const plain = (start: number, end: number): Node[] => {
    const [from, to] = [Math.max(start, answer?.start ?? end), Math.min(end, answer?.end ?? end)];
    if (answer === null || from >= to) return unmarked(start, end);
    const marked = element('span', { class: 'answer-place', title: answer.says });
    marked.append(...unmarked(from, to));
    return [...unmarked(start, from), marked, ...unmarked(to, end)];
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
