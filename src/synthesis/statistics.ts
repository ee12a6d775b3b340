import type { QuestionRecord } from '../records/schemas.ts';
import type { Study } from '../study/study.ts';
import { histogram, type Bin } from './histogram.ts';

/** What a summary says of the questions as a data set: what the paper's Tables 3 and 6 give, and how contexts are made up. */
export interface DatasetStatistics {
  examples: number;
  mean_tokens: number;
  max_tokens: number;
  /** Who the answers are from. */
  supervision: string;
  /** How many examples have how many tokens; `others` are the targets, where contexts were grown to one. */
  lengths: Bin[];
  /** Where contexts were grown: the mean share of its target that a context fills, in percent. */
  filled_percent?: number;
  documents_per_context: { min: number; mean: number; max: number; counts: Bin[] };
  related_documents: {
    count: number;
    /** How many stand in each tenth of their context, by their place among its documents. */
    by_tenth: number[];
  };
}

/** One example, as far as statistics go. */
export interface ExampleFacts {
  /** Of its context; of an imported one of prompt and chosen answer. */
  tokens: number;
  /** The length that its context was grown to. */
  target?: number | undefined;
  documents: readonly Pick<QuestionRecord['documents'][number], 'related'>[];
}

const TENTHS = 10;
const K = 1024;

/** Adds up example by example; of each only numbers are kept. */
export class StatisticsCount {
  readonly #tokens: number[] = [];
  readonly #targets: number[] = [];
  readonly #documents: number[] = [];
  #filled = 0;
  #related = 0;
  readonly #byTenth = Array.from({ length: TENTHS }, () => 0);

  add({ tokens, target, documents }: ExampleFacts): void {
    const { length } = documents;
    this.#tokens.push(tokens);
    this.#documents.push(length);
    if (target !== undefined) {
      this.#targets.push(target);
      this.#filled += tokens / target;
    }
    for (const [index, { related }] of documents.entries()) {
      if (!related) continue;
      const tenth = Math.floor((TENTHS * index) / length);
      this.#related += 1;
      this.#byTenth[tenth] = (this.#byTenth[tenth] ?? 0) + 1;
    }
  }

  /** Means to one decimal; over at least one example. */
  finish(supervision: string): DatasetStatistics {
    const tokens = this.#tokens;
    const targets = this.#targets;
    return {
      examples: tokens.length,
      mean_tokens: meanOf(tokens),
      max_tokens: mostOf(tokens),
      supervision,
      // Targets are whole K, in between there are none.
      lengths:
        targets.length > 0
          ? histogram(tokens, targets, targets.every((target) => target % K === 0) ? K : 1)
          : histogram(tokens),
      ...(targets.length > 0
        ? { filled_percent: oneDecimal((100 * this.#filled) / targets.length) }
        : {}),
      documents_per_context: {
        min: this.#documents.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
        mean: meanOf(this.#documents),
        max: mostOf(this.#documents),
        counts: histogram(this.#documents.filter((count) => count > 0)),
      },
      related_documents: { count: this.#related, by_tenth: [...this.#byTenth] },
    };
  }
}

/** Where no other dataset was imported, the answers are the sampled model's own. */
export function selfSupervision({ config }: Study): string {
  return `self (${config.sampling.model})`;
}

function meanOf(values: readonly number[]): number {
  return oneDecimal(values.reduce((a, b) => a + b, 0) / values.length);
}

function mostOf(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}
