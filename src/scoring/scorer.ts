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
   * of the row, the candidate itself included (paper, equation 2). NaN for a judgement that could not be read, which the
   * mean leaves out.
   */
  matrix: Float32Array | undefined;
  /** Positions of texts of which only the beginning was seen, because they are longer than the model's limit. */
  truncated: number[];
  /** Positions of texts of which no judgement could be read: they have no score, whatever stands in `scores`. */
  unscored?: number[];
  /** Judgements that could not be read. */
  unparsed?: number;
}

/** What is known of a question before its texts are read. */
export interface QuestionOutline {
  questionId: string;
  contextTokens: number;
  questionCharacters: number;
  /** Its trajectories: equal digests are equal texts. */
  texts: readonly { digest: string; characters: number; tokens: number | null }[];
}

/** What a scorer will ask of a model at most. */
export interface ScorerCost {
  calls: number;
  /** Estimated. */
  meanPromptTokens: number;
  /** Of one call, at most. */
  maxCompletionTokens: number;
}

/** A scorer that is ready to run: models are loaded, servers known. */
export interface Scorer {
  /** Only of scorers that ask a model to judge. */
  cost?: (questions: readonly QuestionOutline[]) => ScorerCost | undefined;
  /** @param judged called after each judgement that a model was asked for. */
  score: (input: ScoringInput, signal: AbortSignal, judged?: () => void) => Promise<ScoringResult>;
  close: () => Promise<void>;
}
