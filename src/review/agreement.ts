import { areDisputed, type Opinion } from '../preference/settle.ts';

/** How far reviewers agree, on the questions that two or more of them decided on. */
export interface Agreement {
  /** Reviewers with a verdict, by name, with the number of questions they decided on. */
  reviewers: { reviewer: string; questions: number }[];
  /** Questions with two opinions or more. */
  questions: number;
  /** Share of pairs of opinions with the same verdict on the policy's pair (keep, swap, change, leave out). */
  same_verdict: number | null;
  /** Share of pairs of opinions that come to the same pair of trajectories. */
  same_pair: number | null;
  /** Krippendorff's alpha of the verdicts (nominal); null where all verdicts are alike. */
  alpha: number | null;
  between: ReviewerAgreement[];
  /** Questions whose opinions come to different pairs. */
  disputed: string[];
}

/** Of two reviewers, on the questions that both decided on. */
export interface ReviewerAgreement {
  a: string;
  b: string;
  questions: number;
  same_verdict: number | null;
  same_pair: number | null;
  /** Cohen's kappa of the verdicts; null where chance alone would have them agree. */
  kappa: number | null;
}

/**
 * In steps of some ms for thousands of questions, so that whoever must not block can pause between them.
 *
 * @param opinions of questions, by id.
 */
export function* agreement(
  opinions: ReadonlyMap<string, readonly Opinion[]>,
): Generator<undefined, Agreement> {
  const counts = new Map<string, number>();
  for (const { reviewer } of [...opinions.values()].flat())
    counts.set(reviewer, (counts.get(reviewer) ?? 0) + 1);
  yield;
  const names = [...counts.keys()].sort();
  const shared = [...opinions].filter(([, list]) => list.length > 1);
  const couples = shared.flatMap(([, list]) => couplesOf(list));
  yield;
  const sameVerdict = share(couples, hasSameVerdict);
  yield;
  const samePair = share(couples, hasSamePair);
  yield;
  const alpha = krippendorffAlpha(shared.map(([, list]) => list.map(({ verdict }) => verdict)));
  const all: ReviewerAgreement[] = [];
  for (const [a, b] of couplesOf(names)) {
    yield;
    all.push(...between(a, b, shared));
  }
  yield;
  return {
    reviewers: names.map((reviewer) => ({ reviewer, questions: counts.get(reviewer) ?? 0 })),
    questions: shared.length,
    same_verdict: sameVerdict,
    same_pair: samePair,
    alpha,
    between: all,
    disputed: shared.filter(([, list]) => areDisputed(list)).map(([id]) => id),
  };
}

/**
 * Cohen's kappa: (observed - expected) / (1 - expected) agreement of two raters on nominal categories (Cohen, 1960).
 *
 * @returns null without ratings, and where both use one and the same category alone.
 */
export function cohenKappa(ratings: readonly (readonly [string, string])[]): number | null {
  const n = ratings.length;
  if (n === 0) return null;
  const observed = ratings.filter(([a, b]) => a === b).length / n;
  const categories = new Set(ratings.flat());
  let expected = 0;
  for (const category of categories) {
    const first = ratings.filter(([a]) => a === category).length / n;
    const second = ratings.filter(([, b]) => b === category).length / n;
    expected += first * second;
  }
  return expected === 1 ? null : (observed - expected) / (1 - expected);
}

/**
 * Krippendorff's alpha for nominal categories, any number of raters and missing ratings: 1 minus observed over expected
 * disagreement, from the matrix of coincidences (Krippendorff, Computing Krippendorff's Alpha-Reliability, 2011).
 *
 * @param units the ratings of each unit; those with fewer than two say nothing.
 * @returns null where there is no disagreement to be expected.
 */
export function krippendorffAlpha(units: readonly (readonly string[])[]): number | null {
  const totals = new Map<string, number>();
  let values = 0;
  let disagreement = 0;
  for (const ratings of units) {
    const m = ratings.length;
    if (m < 2) continue;
    values += m;
    const counts = new Map<string, number>();
    for (const rating of ratings) {
      counts.set(rating, (counts.get(rating) ?? 0) + 1);
      totals.set(rating, (totals.get(rating) ?? 0) + 1);
    }
    // Ordered pairs of different ratings in the unit, each weighing 1 / (m - 1).
    for (const count of counts.values()) disagreement += (count * (m - count)) / (m - 1);
  }
  let expected = 0;
  for (const total of totals.values()) expected += total * (values - total);
  return expected === 0 ? null : 1 - ((values - 1) * disagreement) / expected;
}

function between(
  a: string,
  b: string,
  shared: readonly (readonly [string, readonly Opinion[]])[],
): ReviewerAgreement[] {
  const couples = shared.flatMap(([, list]): [Opinion, Opinion][] => {
    const first = list.find(({ reviewer }) => reviewer === a);
    const second = list.find(({ reviewer }) => reviewer === b);
    return first && second ? [[first, second]] : [];
  });
  if (couples.length === 0) return [];
  return [
    {
      a,
      b,
      questions: couples.length,
      same_verdict: share(couples, hasSameVerdict),
      same_pair: share(couples, hasSamePair),
      kappa: cohenKappa(couples.map(([x, y]) => [x.verdict, y.verdict])),
    },
  ];
}

function hasSameVerdict([a, b]: readonly [Opinion, Opinion]): boolean {
  return a.verdict === b.verdict;
}

function hasSamePair(couple: readonly [Opinion, Opinion]): boolean {
  return !areDisputed(couple);
}

function couplesOf<T>(list: readonly T[]): [T, T][] {
  return list.flatMap((a, place) => list.slice(place + 1).map((b): [T, T] => [a, b]));
}

function share<T>(items: readonly T[], is: (item: T) => boolean): number | null {
  return items.length === 0 ? null : items.filter(is).length / items.length;
}
