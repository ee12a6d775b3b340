/** The texts of one question's trajectories, in the order of their indices. */
export interface ScoringInput {
  questionId: string;
  texts: readonly string[];
}

export interface ScoringResult {
  /** One score a text. */
  scores: number[];
  /**
   * For MBR scorers: N x N utilities, row by row; entry `i * N + j` is u(candidate i, reference j). The score is the mean
   * of the row, the candidate itself included (paper, equation 2).
   */
  matrix: Float32Array | undefined;
  /** Positions of texts of which only the beginning was seen, because they are longer than the model's limit. */
  truncated: number[];
}

/** A scorer that is ready to run: models are loaded, servers known. */
export interface Scorer {
  score: (input: ScoringInput, signal: AbortSignal) => Promise<ScoringResult>;
  close: () => Promise<void>;
}
