import type { TextCounts } from '../tokenizers/textCounts.ts';
import { endsLine, startsLine, type TokenCounter } from '../tokenizers/tokenCounter.ts';
import { heading } from './context.ts';
import type { PoolDocument } from './poolDocument.ts';

/** Counts contexts by their documents, each of which is counted once over all contexts. */
export class ContextTokens {
  readonly #counter: TokenCounter;
  readonly #texts: TextCounts;
  readonly #headings: number[] = [];

  constructor(counter: TokenCounter, texts: TextCounts) {
    this.#counter = counter;
    this.#texts = texts;
  }

  /** Finds out the tokens of those documents that are not counted yet. */
  async countDocuments(documents: readonly PoolDocument[]): Promise<void> {
    const uncounted = documents.filter(({ tokens }) => tokens === undefined);
    if (uncounted.length === 0) return;
    const counts = await this.#texts.count(uncounted.map(({ line }) => line));
    for (const [index, document] of uncounted.entries()) document.tokens = counts[index];
  }

  /** Tokens of the line before the `number`th document. */
  async heading(number: number): Promise<number> {
    const known = this.#headings[number];
    if (known !== undefined) return known;
    // By number: several contexts are under way at once.
    const count = await this.#counter.count(heading(number));
    this.#headings[number] = count;
    return count;
  }

  /**
   * The tokens of a context made of these documents in this order: exactly what counting the whole text gives.
   *
   * @param context the text itself, counted as a whole where the counts of its parts do not add up.
   */
  async ofContext(documents: readonly PoolDocument[], context: string): Promise<number> {
    if (!this.#counter.addsUpAtLines) return this.#counter.count(context);
    let total = 0;
    // Text since the last place where counts add up; a document that begins or ends invisibly sticks to its neighbour.
    let open = '';
    for (const [index, document] of documents.entries()) {
      const isLast = index === documents.length - 1;
      const body = isLast ? document.line.slice(0, -1) : document.line;
      const starts = startsLine(body);
      if (open === '' && starts) total += await this.heading(index + 1);
      else open += heading(index + 1);
      if (starts && open !== '') {
        total += await this.#counter.count(open);
        open = '';
      }
      const ends = isLast || endsLine(document.line.slice(0, -1));
      if (open === '' && ends && !isLast)
        total += document.tokens ?? (await this.#counter.count(body));
      else open += body;
      if (ends && open !== '') {
        total += await this.#counter.count(open);
        open = '';
      }
    }
    return total;
  }
}
