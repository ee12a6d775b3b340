import type { TextSpan } from './textSpans.ts';

/** A place where a trajectory names a passage: "Passage 3", "passages 3 and 7", "Passages 2, 4". */
export interface PassageReference extends TextSpan {
  number: number;
}

const NAMED = /\b(?:passages?|documents?)\s*#?(\d{1,3})((?:\s*(?:,|and|&|or)\s*#?\d{1,3})*)/giu;

/** @param count of the passages: a number beyond it is no reference. */
export function passageReferences(text: string, count: number): PassageReference[] {
  const found: PassageReference[] = [];
  const add = (start: number, end: number, digits: string): void => {
    const number = Number(digits);
    if (number >= 1 && number <= count) found.push({ start, end, number });
  };
  for (const match of text.matchAll(NAMED)) {
    const [whole, first = '', more = ''] = match;
    const end = match.index + whole.length - more.length;
    add(match.index, end, first);
    for (const other of more.matchAll(/\d+/gu))
      add(end + other.index, end + other.index + other[0].length, other[0]);
  }
  return found;
}
