/**
 * Counts the tokens of a text as the model to be sampled does, without the special tokens that a prompt adds around it.
 * `id` names what counts, the same on every machine: another one may count otherwise.
 */
export interface TokenCounter {
  id: string;
  count: (text: string) => number | Promise<number>;
  /** Whether the counts of two texts add up to that of both where {@link startsLine} and {@link endsLine} say so. */
  addsUpAtLines?: boolean;
  /** The tokenizer.json it comes from, where there is one: other threads can then count with it too. */
  file?: string;
}

/** Letters, digits, punctuation and symbols: what is neither white space nor control nor unassigned. */
const VISIBLE_END = /[\p{L}\p{N}\p{P}\p{S}]$/u;
/** A slash can join the line break before it (the pattern of o200k). */
const VISIBLE_START = /^(?!\/)[\p{L}\p{N}\p{P}\p{S}]/u;

/** Whether a text can be counted apart from what stands before it, when that ends with a visible character and "\n". */
export function startsLine(text: string): boolean {
  return VISIBLE_START.test(text.slice(0, 2));
}

/** Whether a text with a line break after it can be counted apart from a letter that follows the break. */
export function endsLine(text: string): boolean {
  return VISIBLE_END.test(text.slice(-2));
}
