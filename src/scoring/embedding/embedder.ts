import type { TokenMatcher } from './tokenMatcher.ts';

export interface Embedding {
  /** Position of the text in the list that was given. */
  position: number;
  /** Unit length, so that the inner product of two vectors is their cosine. */
  vector: Float32Array;
  /** Tokens of the whole text, special tokens included; null where a server does not say. */
  tokens: number | null;
  /** Whether the model's limit cut the text; null where a server does not say. */
  truncated: boolean | null;
}

/** Turns texts into vectors (paper, section 3.2: u(y, y*) is the inner product of sentence embeddings). */
export interface Embedder {
  /**
   * What decides the vectors: model and its content, precision, pooling, prefix, task and limit. It holds no path and no
   * host, so the same model gives the same id on every machine, and belongs into the scoring config hash.
   */
  readonly id: string;
  /** Longest text in tokens, special tokens included; null where a server decides. */
  readonly maxTokens: number | null;
  /**
   * Embeds texts, in whatever order they get done; each position comes once. An empty text has a vector too.
   * Ends at once with the signal's reason when it is aborted; the embedder stays usable.
   *
   * @throws SealongError saying which model or server, why, and what to do.
   */
  embed: (texts: readonly string[], signal?: AbortSignal) => AsyncIterable<Embedding>;
  /** Single tokens; only where the model runs on this machine. */
  readonly matcher?: TokenMatcher;
  /** Lets texts in work end, frees the model, and ends what is still waiting with `embedder_closed`. */
  close: () => Promise<void>;
}
