import type { PanelContext } from '../../src/protocol/panel.ts';

/** A place where the words searched for stand, in UTF-16 units of the passage's text. */
export interface Hit {
  /** Place of the passage, from 0. */
  passage: number;
  start: number;
  end: number;
}

/** More hits than these are not marked: a single letter would stand everywhere. */
const MOST_HITS = 2_000;

/** Where a phrase stands in the passages, whatever its case; white space in it stands for any white space. */
export function searchContext({ passages }: PanelContext, phrase: string): Hit[] {
  const words = phrase.trim().split(/\s+/u);
  if (words[0] === undefined || words[0] === '') return [];
  const pattern = new RegExp(words.map(escaped).join('\\s+'), 'giu');
  const hits: Hit[] = [];
  for (const [passage, { text }] of passages.entries())
    for (const match of text.matchAll(pattern)) {
      if (hits.length === MOST_HITS) return hits;
      hits.push({ passage, start: match.index, end: match.index + match[0].length });
    }
  return hits;
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');
}
