import type { TokenVectors } from '../../protocol/embedding.ts';

export interface TokenEmbedding {
  /** Position of the text in the list that was given. */
  position: number;
  tokens: TokenVectors;
  truncated: boolean;
}

/** A candidate and the references it is compared with. */
export interface TokenMatch {
  candidate: TokenVectors;
  references: readonly TokenVectors[];
}

/** BERTScore by a model on this machine. Results come in whatever order they get done; each position comes once. */
export interface TokenMatcher {
  /** What decides the token vectors, as `Embedder.id`. */
  readonly id: string;
  tokenVectors: (texts: readonly string[], signal: AbortSignal) => AsyncIterable<TokenEmbedding>;
  /** F1 with each reference of a match. */
  match: (
    matches: readonly TokenMatch[],
    signal: AbortSignal,
  ) => AsyncIterable<{ position: number; f1: Float64Array }>;
}
