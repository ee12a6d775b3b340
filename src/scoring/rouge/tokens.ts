import { porterStem } from './porter.ts';

/**
 * Turns texts into numbers, equal words into equal ones, as the default tokenizer of rouge_score splits them: lower case,
 * runs of ASCII letters and digits, and with stemming the stems of words of more than three characters.
 */
export class RougeTokens {
  readonly #ids = new Map<string, number>();
  readonly #stemming: boolean;
  /** Number of different stems so far. */
  size = 0;
  readonly #stems = new Map<string, number>();

  constructor(stemming: boolean) {
    this.#stemming = stemming;
  }

  tokenize(text: string): Uint32Array {
    const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    return Uint32Array.from(words, (word) => this.#idOf(word));
  }

  #idOf(word: string): number {
    const known = this.#ids.get(word);
    if (known !== undefined) return known;
    const stem = this.#stemming && word.length > 3 ? porterStem(word) : word;
    const id = this.#stems.get(stem) ?? this.size++;
    this.#stems.set(stem, id);
    this.#ids.set(word, id);
    return id;
  }
}
