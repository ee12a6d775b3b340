/** The longest UTF-8 sequence is four bytes, and a token holds at least one: after this many, it is no character. */
const MOST_TOKENS_OF_A_CHARACTER = 4;

const REPLACEMENT_AT_END = /\ufffd+$/u;

/**
 * Turns tokens into text as they come. A character whose bytes are spread over several tokens comes out whole, with
 * the last of them.
 */
export class TokenDecoder {
  readonly #detokenize: (tokens: readonly number[]) => string;
  #pending: number[] = [];
  /** UTF-16 units of the pending tokens' text that were given out. */
  #given = 0;
  #withoutProgress = 0;

  constructor(detokenize: (tokens: readonly number[]) => string) {
    this.#detokenize = detokenize;
  }

  /** Takes one token and returns the text that is now complete, sometimes none. */
  push(token: number): string {
    this.#pending.push(token);
    const text = this.#detokenize(this.#pending);
    const complete = text.replace(REPLACEMENT_AT_END, '');
    this.#withoutProgress = complete.length > this.#given ? 1 : this.#withoutProgress + 1;
    if (complete.length === text.length || this.#withoutProgress >= MOST_TOKENS_OF_A_CHARACTER) {
      return this.#giveAll(text);
    }
    const piece = complete.slice(this.#given);
    this.#given = Math.max(this.#given, complete.length);
    return piece;
  }

  /** No token follows: bytes that never became a character come out as U+FFFD, as in any UTF-8 decoder. */
  end(): string {
    return this.#pending.length === 0 ? '' : this.#giveAll(this.#detokenize(this.#pending));
  }

  #giveAll(text: string): string {
    const piece = text.slice(this.#given);
    this.#pending = [];
    this.#given = 0;
    this.#withoutProgress = 0;
    return piece;
  }
}
