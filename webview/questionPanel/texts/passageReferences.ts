import type { TextSpan } from './textSpans.ts';

/** A place where a trajectory names a passage, by its number from 1. */
export interface PassageReference extends TextSpan {
  number: number;
}

const NOUN = '(?:passage|document|paragraph|source|article|doc)';
const MORE = '(?:\\s*(?:,|;|and|&|or|to|[-\\u2013])\\s*(?:and\\s+)?#?\\d{1,3})*';
/** "Passage 3", "passages 2, 4 and 7", "Document #3", "paragraphs 2-4". */
const NAMED = new RegExp(`\\b${NOUN}s?\\s*(?:no\\.?\\s*|number\\s+)?#?\\d{1,3}\\b${MORE}`, 'giu');
/** "[3]", "[2, 4]". */
const BRACKETED = /\[\s*\d{1,3}(?:\s*[,;\u2013-]\s*\d{1,3})*\s*\]/gu;
/** "段落3", "第3篇文章". */
const CHINESE = /(?:段落|文档|文章|资料)\s*\d{1,3}|第\s*\d{1,3}\s*(?:个)?(?:段|篇|文档)/gu;
const ORDINALS = [
  ...['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'],
  'tenth',
];
/** "the third passage", "the 12th document". */
const ORDINAL = new RegExp(
  `\\b(?:(${ORDINALS.join('|')})|(\\d{1,3})(?:st|nd|rd|th))\\s+${NOUN}\\b`,
  'giu',
);
/** What may be a title: in quotes or bold. */
const QUOTED = /["\u201c]([^"\u201c\u201d\n]{2,160})["\u201d]|\*\*([^*\n]{2,160})\*\*/gu;

/**
 * The passages that a text names: by number, singly, in lists and in brackets, by "the third passage", or by a title in
 * quotes or bold that one passage alone has.
 *
 * @param passages in their order: a number beyond them is no reference.
 */
export function passageReferences(
  text: string,
  passages: readonly { title: string }[],
): PassageReference[] {
  const found: PassageReference[] = [];
  const add = (start: number, end: number, number: number): void => {
    if (number >= 1 && number <= passages.length) found.push({ start, end, number });
  };
  for (const pattern of [NAMED, BRACKETED, CHINESE])
    for (const { 0: whole, index } of text.matchAll(pattern)) addNumbers(whole, index, add);
  for (const { 0: whole, 1: word, 2: digits, index } of text.matchAll(ORDINAL))
    add(
      index,
      index + whole.length,
      word === undefined ? Number(digits) : ORDINALS.indexOf(word.toLowerCase()) + 1,
    );
  const byTitle = numbersByTitle(passages);
  for (const { 0: whole, 1: quoted, 2: bold, index } of text.matchAll(QUOTED))
    add(index, index + whole.length, byTitle.get(folded(quoted ?? bold ?? '')) ?? 0);
  return apart(found);
}

/** The first number with what names it, further ones by themselves. */
function addNumbers(
  whole: string,
  index: number,
  add: (start: number, end: number, number: number) => void,
): void {
  const numbers = [...whole.matchAll(/\d+/gu)];
  for (const [place, { 0: digits, index: at }] of numbers.entries()) {
    const alone = numbers.length === 1;
    const start = place === 0 ? index : index + at;
    add(start, alone ? index + whole.length : index + at + digits.length, Number(digits));
  }
}

/** 0 for a title that several passages have. */
function numbersByTitle(passages: readonly { title: string }[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const [place, { title }] of passages.entries()) {
    const key = folded(title);
    if (key !== '') numbers.set(key, numbers.has(key) ? 0 : place + 1);
  }
  return numbers;
}

/** Without the point or comma that some set within the quotes. */
function folded(title: string): string {
  return title
    .trim()
    .replace(/[.,:;]$/u, '')
    .toLowerCase();
}

/** In the order of the text; of two that overlap the first, which is the longer one where both begin together. */
function apart(found: PassageReference[]): PassageReference[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  let end = 0;
  return found.filter((reference) => {
    if (reference.start < end) return false;
    end = reference.end;
    return true;
  });
}
