import { seededRandom } from '../random.ts';

/** How one scorer saw a question: positions are those of the question's trajectories, by index. */
export interface ScoredPositions {
  /** Position of each row of `scores` and `matrix`. */
  positions: readonly number[];
  scores: readonly number[];
  /** Utilities, row = candidate; undefined for scorers that look at each trajectory by itself. */
  matrix: Float32Array | undefined;
}

export interface MeasuredQuestion {
  questionId: string;
  /** SubEM (1 or 0) of each trajectory. */
  subEm: readonly number[];
  /** By scorer. */
  scored: ReadonlyMap<string, ScoredPositions>;
}

/** SubEM x 100 of the best of n samples: its mean over the draws, and the 5th and 95th percentile. */
export interface BestOfPoint {
  n: number;
  mean: number;
  low: number;
  high: number;
}

export const ORACLE = 'oracle';

/** 1, 2, 4, 8 .. below N, and N. */
export function sampleSizes(n: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < n; size *= 2) sizes.push(size);
  return n > 0 ? [...sizes, n] : sizes;
}

/**
 * What more samples bring (paper, Figure 1): oracle@n and the winner of each scorer among n of the N samples, n = 1, 2, 4,
 * 8 .. N. Each draw takes the samples of every question in a random order of its own (seeded by question and draw) and
 * looks at the first n. MBR scores are made anew over those n, from the utilities; at N they are those of the record. A
 * question with fewer samples than n takes part with all it has.
 */
export class BestOfN {
  readonly sizes: readonly number[];
  readonly #draws: number;
  readonly #seed: number;
  /** Sums of SubEM over questions, by name, then size, then draw. */
  readonly #sums = new Map<string, Float64Array[]>();
  #questions = 0;

  constructor(of: { n: number; names: readonly string[]; draws: number; seed: number }) {
    this.sizes = sampleSizes(of.n);
    this.#draws = of.draws;
    this.#seed = of.seed;
    for (const name of [ORACLE, ...of.names])
      this.#sums.set(
        name,
        this.sizes.map(() => new Float64Array(of.draws)),
      );
  }

  add({ questionId, subEm, scored }: MeasuredQuestion): void {
    this.#questions += 1;
    const n = subEm.length;
    const places = new Map([...scored].map(([name, of]) => [name, placesOf(of, n)]));
    for (let draw = 0; draw < this.#draws; draw++) {
      const order = permutation(n, [this.#seed, 'best of n', questionId, draw]);
      this.#count(ORACLE, draw, bestPrefixes(order, subEm, this.sizes));
      for (const [name, of] of scored) {
        const winners = winnersOf(order, of, places.get(name) ?? [], this.sizes);
        this.#count(
          name,
          draw,
          winners.map((position) => subEm[position] ?? 0),
        );
      }
    }
  }

  /** By name. */
  points(): Map<string, BestOfPoint[]> {
    const percent = (sum: number) => (100 * sum) / this.#questions;
    return new Map(
      [...this.#sums].map(([name, bySize]) => [
        name,
        this.sizes.map((n, at) => {
          const sums = [...(bySize[at] ?? [])].sort((a, b) => a - b);
          const mean = sums.reduce((a, b) => a + b, 0) / sums.length;
          return {
            n,
            mean: percent(mean),
            low: percent(quantile(sums, 0.05)),
            high: percent(quantile(sums, 0.95)),
          };
        }),
      ]),
    );
  }

  #count(name: string, draw: number, bySize: readonly number[]): void {
    const sums = this.#sums.get(name);
    for (const [at, value] of bySize.entries()) {
      const sum = sums?.[at];
      if (sum) sum[draw] = (sum[draw] ?? 0) + value;
    }
  }
}

/**
 * The position that a scorer puts first among the first n of an order, for each n: ties and samples without a score go to
 * the lowest position.
 */
export function winnersOf(
  order: readonly number[],
  of: ScoredPositions,
  places: readonly (number | undefined)[],
  sizes: readonly number[],
): number[] {
  const { scores, matrix } = of;
  const rows = scores.length;
  const sums = new Float64Array(rows);
  const known = new Uint16Array(rows);
  /** Rows of the samples so far. */
  const present: number[] = [];
  const winners: number[] = [];
  let taken = 0;
  const scoreOf = (row: number): number => {
    if (!matrix || taken === order.length) return scores[row] ?? NaN;
    // A text of which nothing but itself could be judged has no score.
    if ((known[row] ?? 0) < 2 && present.length > 1) return NaN;
    return (sums[row] ?? 0) / (known[row] ?? 0);
  };
  const add = (row: number, reference: number) => {
    const utility = matrix?.[row * rows + reference] ?? NaN;
    if (Number.isNaN(utility)) return;
    sums[row] = (sums[row] ?? 0) + utility;
    known[row] = (known[row] ?? 0) + 1;
  };
  for (const size of sizes) {
    while (taken < Math.min(size, order.length)) {
      const row = places[order[taken] ?? 0];
      taken += 1;
      if (row === undefined) continue;
      // At N the scores are known: no utility need be added up.
      if (matrix && size < order.length) {
        for (const other of present) {
          add(other, row);
          add(row, other);
        }
        add(row, row);
      }
      present.push(row);
    }
    let best: { position: number; score: number } | undefined;
    for (const row of present) {
      const score = scoreOf(row);
      const position = of.positions[row] ?? 0;
      if (Number.isNaN(score)) continue;
      if (!best || score > best.score || (score === best.score && position < best.position))
        best = { position, score };
    }
    winners.push(
      best?.position ?? order.slice(0, taken).reduce((a, b) => Math.min(a, b), order[0] ?? 0),
    );
  }
  return winners;
}

function bestPrefixes(
  order: readonly number[],
  subEm: readonly number[],
  sizes: readonly number[],
): number[] {
  let taken = 0;
  let best = 0;
  return sizes.map((size) => {
    for (; taken < Math.min(size, order.length); taken++)
      best = Math.max(best, subEm[order[taken] ?? 0] ?? 0);
    return best;
  });
}

/** The row of each position; undefined where the scorer has no score of it. */
function placesOf({ positions }: ScoredPositions, n: number): (number | undefined)[] {
  const places = Array.from({ length: n }, (): number | undefined => undefined);
  for (const [row, position] of positions.entries()) places[position] = row;
  return places;
}

/** 0 .. n-1 in a random order (Fisher-Yates, in place: this runs a hundred times a question). */
function permutation(n: number, seed: readonly (string | number)[]): number[] {
  const random = seededRandom(...seed);
  const order = Array.from({ length: n }, (_, at) => at);
  for (let last = n - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  return order;
}

/** Linear between the two nearest, as NumPy's default. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? low;
  return low + (high - low) * (at - Math.floor(at));
}
