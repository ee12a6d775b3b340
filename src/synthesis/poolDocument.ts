import { documentText, type ContextDocument } from './context.ts';
import { normalizeTitle } from './titles.ts';

/** A document that a context may hold, with what is found out about it once. */
export interface PoolDocument extends ContextDocument {
  normalizedTitle: string;
  /** As it stands in a context, with the line break after it. */
  line: string;
  /** Tokens of `line`, once counted. */
  tokens: number | undefined;
}

export function poolDocument(document: ContextDocument): PoolDocument {
  const line = `${documentText(document)}\n`;
  return {
    ...document,
    // A part of the line, so that the text is held in memory once.
    text: line.slice(line.length - 1 - document.text.length, -1),
    normalizedTitle: normalizeTitle(document.title),
    line,
    tokens: undefined,
  };
}
