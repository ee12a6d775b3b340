import type { TrajectoryEntry } from '../study/entries.ts';
import type { LengthUnit } from './meanLengthGap.ts';
import { sidesOf, type DerivedPair } from './pair.ts';
import type { QuestionState } from './studyPairs.ts';

/** What a set of pairs is like: whether it teaches the answer, or something else such as length. */
export interface PairSetSummary {
  /** Questions with a pair, and pairs (more where the policy takes several a question). */
  questions: number;
  pairs: number;
  /** Mean of score of chosen minus score of rejected; null where nothing is scored. */
  mean_margin: number | null;
  length: LengthBias | null;
  /** Share of pairs, where both answers are known, whose sides give different final answers; null where none are. */
  other_answer: number | null;
  /** Share of pairs whose chosen gives the most frequent answer, where its answer is known. */
  majority_chosen: number | null;
}

export interface LengthBias {
  /** Characters where the server did not count the tokens of all. */
  unit: LengthUnit;
  mean_chosen: number;
  mean_rejected: number;
  /** Chosen minus rejected. */
  mean_gap: number;
  /**
   * The gap in units of the pooled standard deviation of both sides (Cohen's d for two samples); null where all have the
   * same length. 0.2 is called small, 0.8 large.
   */
  cohens_d: number | null;
}

/** Sums over a set of pairs. A question is added and taken out again at no cost, so that the effect of a decision or of
 * another policy on the whole set is known at once. */
export class PairStatistics {
  #questions = 0;
  #pairs = 0;
  #margin = new Mean();
  #tokens = new Lengths();
  #characters = new Lengths();
  #otherAnswer = new Mean();
  #majority = new Mean();

  add(state: QuestionState, pair: DerivedPair = state.pair): void {
    this.#count(state, pair, 1);
  }

  remove(state: QuestionState, pair: DerivedPair = state.pair): void {
    this.#count(state, pair, -1);
  }

  summary(): PairSetSummary {
    const pairs = this.#pairs;
    const counted = this.#tokens.count === pairs;
    return {
      questions: this.#questions,
      pairs,
      mean_margin: this.#margin.value,
      length:
        pairs === 0
          ? null
          : counted
            ? this.#tokens.bias('tokens')
            : this.#characters.bias('characters'),
      other_answer: this.#otherAnswer.value,
      majority_chosen: this.#majority.value,
    };
  }

  #count(state: QuestionState, pair: DerivedPair, by: 1 | -1): void {
    const sides = sidesOf(pair);
    if (sides.length > 0) this.#questions += by;
    const entryOf = (index: number) => state.trajectories.find((entry) => entry.index === index);
    for (const { chosen, rejected } of sides) {
      const [high, low] = [entryOf(chosen), entryOf(rejected)];
      if (!high || !low) continue;
      this.#pairs += by;
      const margin = marginOf(state, high, low);
      if (margin !== undefined) this.#margin.add(margin, by);
      this.#characters.add(high.characters, low.characters, by);
      if (high.completionTokens !== null && low.completionTokens !== null)
        this.#tokens.add(high.completionTokens, low.completionTokens, by);
      const { byIndex } = state.clusters;
      const [own, other] = [byIndex.get(chosen), byIndex.get(rejected)];
      if (own === undefined) continue;
      this.#majority.add(own === 0 ? 1 : 0, by);
      if (other !== undefined) this.#otherAnswer.add(own === other ? 0 : 1, by);
    }
  }
}

function marginOf(
  { score }: QuestionState,
  high: TrajectoryEntry,
  low: TrajectoryEntry,
): number | undefined {
  const scoreOf = ({ index, imported }: TrajectoryEntry) =>
    score?.scores[score.indices.indexOf(index)] ?? imported?.score;
  const [upper, lower] = [scoreOf(high), scoreOf(low)];
  return upper === undefined || lower === undefined ? undefined : upper - lower;
}

class Mean {
  #sum = 0;
  #count = 0;

  add(value: number, by: 1 | -1): void {
    this.#sum += by * value;
    this.#count += by;
  }

  get value(): number | null {
    return this.#count === 0 ? null : this.#sum / this.#count;
  }
}

class Lengths {
  count = 0;
  readonly #chosen = { sum: 0, squares: 0 };
  readonly #rejected = { sum: 0, squares: 0 };

  add(chosen: number, rejected: number, by: 1 | -1): void {
    this.count += by;
    for (const [side, length] of [
      [this.#chosen, chosen],
      [this.#rejected, rejected],
    ] as const) {
      side.sum += by * length;
      side.squares += by * length * length;
    }
  }

  bias(unit: LengthUnit): LengthBias {
    const n = this.count;
    const [chosen, rejected] = [this.#chosen.sum / n, this.#rejected.sum / n];
    // Lengths are whole numbers far below 2^26, so that sums of squares are exact.
    const variance = ({ sum, squares }: { sum: number; squares: number }) =>
      n < 2 ? 0 : (squares - (sum * sum) / n) / (n - 1);
    const pooled = Math.sqrt((variance(this.#chosen) + variance(this.#rejected)) / 2);
    return {
      unit,
      mean_chosen: chosen,
      mean_rejected: rejected,
      mean_gap: chosen - rejected,
      cohens_d: pooled > 0 ? (chosen - rejected) / pooled : null,
    };
  }
}
