/**
 * Counts the tokens of a text as the model to be sampled does, without the special tokens that a prompt adds around it.
 * `id` names what counts, the same on every machine: another one may count otherwise.
 */
export interface TokenCounter {
  id: string;
  count: (text: string) => number | Promise<number>;
}
