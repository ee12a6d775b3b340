import {
  isEmpty,
  isFailed,
  isRefused,
  isTruncated,
  type TrajectoryEntry,
} from '../study/entries.ts';

/**
 * What speaks against a sample, from what the index holds of it: `failed` has no text at all, `empty` only white space;
 * `duplicate` has the text of an earlier sample of its question.
 */
export const FLAWS = ['failed', 'empty', 'refused', 'truncated', 'duplicate'] as const;
export type Flaw = (typeof FLAWS)[number];

/** The flaws of a question's samples by index, in the order of {@link FLAWS}; samples without one are not in it. */
export function flawsOf(entries: readonly TrajectoryEntry[]): Map<number, Flaw[]> {
  const duplicates = duplicatesOf(entries);
  const flaws = new Map<number, Flaw[]>();
  for (const entry of entries) {
    const found = isFailed(entry)
      ? (['failed'] as const)
      : [
          ...(isEmpty(entry) ? (['empty'] as const) : []),
          ...(isRefused(entry) ? (['refused'] as const) : []),
          ...(isTruncated(entry) ? (['truncated'] as const) : []),
          ...(duplicates.has(entry.index) ? (['duplicate'] as const) : []),
        ];
    if (found.length > 0) flaws.set(entry.index, [...found]);
  }
  return flaws;
}

/** How many of a question's samples have each flaw; without a list of them, as thousands of questions are counted. */
export function flawCounts(entries: readonly TrajectoryEntry[]): Record<Flaw, number> {
  const counts = { failed: 0, empty: 0, refused: 0, truncated: 0, duplicate: 0 };
  const texts = new Set<string>();
  for (const entry of entries) {
    if (isFailed(entry)) {
      counts.failed += 1;
      continue;
    }
    if (isRefused(entry)) counts.refused += 1;
    if (isTruncated(entry)) counts.truncated += 1;
    if (isEmpty(entry)) counts.empty += 1;
    // All but one of equal texts are duplicates, whichever comes first.
    else if (texts.has(entry.text)) counts.duplicate += 1;
    else texts.add(entry.text);
  }
  return counts;
}

/** Indices of samples whose text stands at a lower index already: the first of equal texts is none. */
export function duplicatesOf(entries: readonly TrajectoryEntry[]): Set<number> {
  const first = new Map<string, number>();
  const duplicates = new Set<number>();
  for (const { index, text } of [...entries].sort((a, b) => a.index - b.index).filter(hasText)) {
    if (first.has(text)) duplicates.add(index);
    else first.set(text, index);
  }
  return duplicates;
}

function hasText(entry: TrajectoryEntry): boolean {
  return !isFailed(entry) && !isEmpty(entry);
}

/** Completion tokens of samples; quantiles are those of samples that there are, not between two. */
export interface LengthFacts {
  min: number;
  p5: number;
  median: number;
  mean: number;
  p95: number;
  max: number;
}

/** What the samples of a question or a study are like, as the report prints it. */
export interface Quality {
  samples: number;
  flaws: Record<Flaw, number>;
  /** By what the server said: `stop`, `length`, ...; `error` where it refused for good. */
  finish_reasons: Record<string, number>;
  /** Samples that came after the first request for them failed: retries shift what is sampled. */
  retried: number;
  /** Why samples failed, with their number. */
  failures: Record<string, number>;
  /** Null where no server counted. */
  lengths: LengthFacts | null;
}

/** Sums up the samples of questions, one question after another: duplicates are counted within each. */
export class QualityCounts {
  readonly #flaws = flawCounts([]);
  readonly #finishReasons = new Map<string, number>();
  readonly #failures = new Map<string, number>();
  readonly #lengths = new Map<number, number>();
  #samples = 0;
  #retried = 0;

  /** @param entries all samples of one question. */
  add(entries: readonly TrajectoryEntry[]): void {
    this.#samples += entries.length;
    const counts = flawCounts(entries);
    for (const flaw of FLAWS) this.#flaws[flaw] += counts[flaw];
    for (const entry of entries) {
      count(this.#finishReasons, entry.finishReason);
      if (entry.attempts !== undefined && entry.attempts > 1) this.#retried += 1;
      if (isFailed(entry)) count(this.#failures, entry.error ?? 'no reason was recorded');
      else if (entry.completionTokens !== null) count(this.#lengths, entry.completionTokens);
    }
  }

  quality(): Quality {
    return {
      samples: this.#samples,
      flaws: { ...this.#flaws },
      finish_reasons: byNumber(this.#finishReasons),
      retried: this.#retried,
      failures: byNumber(this.#failures),
      lengths: lengthFacts(this.#lengths),
    };
  }
}

/** The quality of one question's samples. */
export function qualityOf(entries: readonly TrajectoryEntry[]): Quality {
  const counts = new QualityCounts();
  counts.add(entries);
  return counts.quality();
}

/** @param lengths number of samples by their tokens: exact for a study of any size, and small. */
function lengthFacts(lengths: ReadonlyMap<number, number>): LengthFacts | null {
  const sorted = [...lengths].sort(([a], [b]) => a - b);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (!first || !last) return null;
  const total = sorted.reduce((sum, [, samples]) => sum + samples, 0);
  const tokens = sorted.reduce((sum, [length, samples]) => sum + length * samples, 0);
  const quantile = (q: number): number => {
    let below = 0;
    for (const [length, samples] of sorted) {
      below += samples;
      if (below >= q * total) return length;
    }
    return last[0];
  };
  return {
    min: first[0],
    p5: quantile(0.05),
    median: quantile(0.5),
    mean: tokens / total,
    p95: quantile(0.95),
    max: last[0],
  };
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** The most frequent first; equal numbers by name, so that the same study gives the same report. */
function byNumber(counts: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries(
    [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : a > b ? 1 : 0)),
  );
}
