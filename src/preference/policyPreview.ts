import type { PairPolicy } from '../study/config.ts';
import { sidesOf, type DerivedPair } from './pair.ts';
import { PairStatistics, type PairSetSummary } from './pairStatistics.ts';
import type { QuestionState } from './studyPairs.ts';

/** What another policy would make of a study's pairs. Reviewers' decisions stay on top of both. */
export interface PolicyPreviewSummary {
  before: PairSetSummary;
  after: PairSetSummary;
  /** Questions, by what becomes of their pairs. */
  same: number;
  changed: number;
  gained: number;
  lost: number;
  /** Questions whose first pair gave two final answers and now gives one, or the other way round. */
  flipped: number;
}

/** Compares the study's policy with another, question by question, so that long work can be done in turns. */
export class PolicyPreview {
  readonly #policy: PairPolicy;
  readonly #before = new PairStatistics();
  readonly #after = new PairStatistics();
  readonly #counts = { same: 0, changed: 0, gained: 0, lost: 0, flipped: 0 };

  /** @param policy the one that is thought of. */
  constructor(policy: PairPolicy) {
    this.#policy = policy;
  }

  /** @returns the pair under the other policy. */
  add(state: QuestionState): DerivedPair {
    const after = state.pairUnder({ policy: this.#policy });
    this.#before.add(state);
    this.#after.add(state, after);
    const change = changeOf(state.pair, after);
    if (change) this.#counts[change] += 1;
    const [before, now] = [givesOtherAnswer(state, state.pair), givesOtherAnswer(state, after)];
    if (before !== undefined && now !== undefined && before !== now) this.#counts.flipped += 1;
    return after;
  }

  summary(): PolicyPreviewSummary {
    return { before: this.#before.summary(), after: this.#after.summary(), ...this.#counts };
  }
}

/** @returns undefined where there is no pair before or after. */
function changeOf(
  before: DerivedPair,
  after: DerivedPair,
): 'same' | 'changed' | 'gained' | 'lost' | undefined {
  if (before.leftOut) return after.leftOut ? undefined : 'gained';
  if (after.leftOut) return 'lost';
  return JSON.stringify(sidesOf(before)) === JSON.stringify(sidesOf(after)) ? 'same' : 'changed';
}

/** Undefined where there is no pair or an answer is not known. */
function givesOtherAnswer({ clusters }: QuestionState, pair: DerivedPair): boolean | undefined {
  const [first] = sidesOf(pair);
  const chosen = first && clusters.byIndex.get(first.chosen);
  const rejected = first && clusters.byIndex.get(first.rejected);
  return chosen === undefined || rejected === undefined ? undefined : chosen !== rejected;
}
