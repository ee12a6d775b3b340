/** The special tokens that a tokenizer puts around a text, e.g. [CLS] and [SEP], or <s> and </s>. */
export interface SpecialTokens {
  before: readonly number[];
  after: readonly number[];
}

export interface TokenizedText {
  ids: number[];
  /** Tokens of the whole text, special tokens included. */
  tokens: number;
  truncated: boolean;
}

/**
 * Finds the special tokens from a probe encoded with and without them.
 * Where both are equal there are none.
 */
export function specialTokensOf(
  withSpecial: readonly number[],
  plain: readonly number[],
): SpecialTokens {
  const extra = withSpecial.length - plain.length;
  for (let start = 0; start <= extra; start++)
    if (plain.every((id, index) => withSpecial[start + index] === id))
      return {
        before: withSpecial.slice(0, start),
        after: withSpecial.slice(start + plain.length),
      };
  return { before: [], after: [] };
}

/**
 * Puts the special tokens around a text, cut at its end where the whole would be longer than `maxTokens`. The closing
 * token stays: models are trained with it, and sentence-transformers keeps it, whereas the tokenizers of transformers.js
 * cut it off with the rest.
 */
export function truncate(
  content: readonly number[],
  special: SpecialTokens,
  maxTokens: number | null,
): TokenizedText {
  const room = (maxTokens ?? Infinity) - special.before.length - special.after.length;
  const kept = content.length > room ? content.slice(0, Math.max(0, room)) : content;
  return {
    ids: [...special.before, ...kept, ...special.after],
    tokens: special.before.length + content.length + special.after.length,
    truncated: kept.length < content.length,
  };
}
