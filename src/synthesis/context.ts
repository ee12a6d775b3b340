import { codePoints } from '../records/codePoints.ts';
import { seededRandom, shuffled } from '../random.ts';

/** Where a document stands in a context: offsets in Unicode code points, `end` exclusive. */
export interface DocumentSpan {
  title: string;
  start: number;
  end: number;
  related: boolean;
}

/** A document on its way into a context. */
export interface ContextDocument {
  title: string;
  text: string;
  related: boolean;
  /** Its text begins with what its title says: the context does not repeat it (as the public code). */
  isArticle?: boolean;
}

/** A question's documents in the order in which its context shows them: drawn anew for each question. */
export function orderDocuments<T>(documents: readonly T[], seed: number, questionId: string): T[] {
  return shuffled(documents, seededRandom(seed, 'documents', questionId));
}

/**
 * The text of a context: `Passage {i}:`, a line break and the document, one after another with a line break between,
 * i from 1 (paper, section 4.1; LongBench). Each span covers a document as {@link documentText} writes it, its title
 * line included and its `Passage {i}:` line not.
 */
export function buildContext(documents: readonly ContextDocument[]): {
  context: string;
  documents: DocumentSpan[];
} {
  const parts: string[] = [];
  const spans: DocumentSpan[] = [];
  let start = 0;
  for (const [index, document] of documents.entries()) {
    const before = `${index === 0 ? '' : '\n'}${heading(index + 1)}`;
    const text = documentText(document);
    start += before.length;
    const end = start + codePoints(text);
    spans.push({ title: document.title, start, end, related: document.related });
    parts.push(before, text);
    start = end;
  }
  return { context: parts.join(''), documents: spans };
}

/** A document in a context: a line with its title, where it has one and is no whole article, then its text. */
export function documentText(
  document: Pick<ContextDocument, 'title' | 'text' | 'isArticle'>,
): string {
  return document.title === '' || document.isArticle
    ? document.text
    : `${document.title}\n${document.text}`;
}

/** The line before the document that is the `number`th of its context, from 1 on. */
export function heading(number: number): string {
  return `Passage ${number}:\n`;
}
