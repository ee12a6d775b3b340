import type { DecisionRecord } from '../records/schemas.ts';

/** A longer time between two decisions was a break, not a question. */
const BREAK_MS = 10 * 60_000;

/** What is known of a decision's time: who, on which question, when, and how long the question was in view. */
export type Timed = Pick<DecisionRecord, 'reviewer' | 'question_id' | 'at' | 'duration_ms'>;

/**
 * Seconds that each question took each of its reviewers: the longest time in view that their decisions on it carry; where
 * none carries one, the time since their last decision on another question, breaks of over ten minutes left out.
 */
export function secondsByReviewer(decisions: readonly Timed[]): Map<string, number[]> {
  const result = new Map<string, number[]>();
  for (const reviewer of new Set(decisions.map((decision) => decision.reviewer))) {
    const own = decisions.filter((decision) => decision.reviewer === reviewer);
    const inTime = own.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    const longest = new Map<string, number>();
    let before: Timed | undefined;
    for (const decision of inTime) {
      const ms = decision.duration_ms ?? sinceOther(decision, before);
      if (ms !== undefined)
        longest.set(decision.question_id, Math.max(ms, longest.get(decision.question_id) ?? 0));
      before = decision;
    }
    result.set(
      reviewer,
      [...longest.values()].map((ms) => ms / 1000),
    );
  }
  return result;
}

/** Undefined where there is nothing; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.ceil(sorted.length / 2) - 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

function sinceOther(decision: Timed, before: Timed | undefined): number | undefined {
  if (!before || before.question_id === decision.question_id) return undefined;
  const ms = Date.parse(decision.at) - Date.parse(before.at);
  return ms >= 0 && ms <= BREAK_MS ? ms : undefined;
}
