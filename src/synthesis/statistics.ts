import type { QuestionRecord } from '../records/schemas.ts';

/** What a summary says of the questions as a data set: what the paper's Tables 3 and 6 give, and how contexts are made up. */
export interface DatasetStatistics {
  examples: number;
  mean_tokens: number;
  max_tokens: number;
  documents_per_context: { min: number; mean: number; max: number };
  related_documents: {
    count: number;
    /** How many stand in each tenth of their context, by their place among its documents. */
    by_tenth: number[];
  };
}

const TENTHS = 10;

/** Adds up question by question, so that none is kept. */
export class StatisticsCount {
  #examples = 0;
  #tokens = { sum: 0, max: 0 };
  #documents = { sum: 0, min: Number.POSITIVE_INFINITY, max: 0 };
  #related = 0;
  readonly #byTenth = Array.from({ length: TENTHS }, () => 0);

  add({ context_tokens: tokens, documents }: QuestionRecord): void {
    const { length } = documents;
    this.#examples += 1;
    this.#tokens = { sum: this.#tokens.sum + tokens, max: Math.max(this.#tokens.max, tokens) };
    this.#documents = {
      sum: this.#documents.sum + length,
      min: Math.min(this.#documents.min, length),
      max: Math.max(this.#documents.max, length),
    };
    for (const [index, { related }] of documents.entries()) {
      if (!related) continue;
      const tenth = Math.floor((TENTHS * index) / length);
      this.#related += 1;
      this.#byTenth[tenth] = (this.#byTenth[tenth] ?? 0) + 1;
    }
  }

  /** Means to one decimal; over at least one question. */
  finish(): DatasetStatistics {
    const mean = (sum: number) => Math.round((sum / this.#examples) * 10) / 10;
    return {
      examples: this.#examples,
      mean_tokens: mean(this.#tokens.sum),
      max_tokens: this.#tokens.max,
      documents_per_context: {
        min: this.#documents.min,
        mean: mean(this.#documents.sum),
        max: this.#documents.max,
      },
      related_documents: { count: this.#related, by_tenth: [...this.#byTenth] },
    };
  }
}
