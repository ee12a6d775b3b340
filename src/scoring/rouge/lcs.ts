/** Bits used of each word: with 30, a sum of two words and a carry stays a small integer of the engine. */
const BITS = 30;
const FULL = 2 ** BITS - 1;

/**
 * Lengths of longest common subsequences of one candidate with many references, bit-parallel (Hyyrö 2004): the positions
 * of each token in the candidate are a bit vector, made once; a reference then costs one pass over its tokens.
 */
export class CandidateLcs {
  readonly #words: number;
  /** Where a token's bit vector starts in `#positions`, plus 1; 0 for tokens that the candidate lacks. */
  readonly #starts: Int32Array;
  readonly #positions: Int32Array;
  readonly #row: Int32Array;

  /** @param vocabulary all tokens are below it. */
  constructor(candidate: Uint32Array, vocabulary: number) {
    this.#words = Math.ceil(candidate.length / BITS);
    this.#starts = new Int32Array(vocabulary);
    let different = 0;
    for (const token of candidate)
      if (this.#starts[token] === 0) this.#starts[token] = different++ * this.#words + 1;
    this.#positions = new Int32Array(different * this.#words);
    for (const [at, token] of candidate.entries()) {
      const place = (this.#starts[token] ?? 1) - 1 + Math.floor(at / BITS);
      this.#positions[place] = (this.#positions[place] ?? 0) | (1 << (at % BITS));
    }
    this.#row = new Int32Array(this.#words);
  }

  lengthWith(reference: Uint32Array): number {
    const row = this.#row;
    const positions = this.#positions;
    const words = this.#words;
    row.fill(FULL);
    for (const token of reference) {
      const start = (this.#starts[token] ?? 0) - 1;
      if (start < 0) continue;
      let carry = 0;
      for (let word = 0; word < words; word++) {
        const old = row[word] ?? 0;
        const here = positions[start + word] ?? 0;
        const sum = old + (old & here) + carry;
        carry = sum >>> BITS;
        row[word] = (sum & FULL) | (old & ~here);
      }
    }
    let length = 0;
    for (const word of row) length += BITS - ones(word);
    return length;
  }
}

function ones(word: number): number {
  let pairs = word - ((word >>> 1) & 0x55555555);
  pairs = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((pairs + (pairs >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
