/** Why a row became no question. */
export type LeftOutReason =
  | 'bad_row'
  | 'bad_id'
  | 'duplicate_id'
  | 'unanswerable'
  | 'no_answer'
  | 'over_max_context_tokens'
  | 'no_article';

/** Reasons that are faults of the file: listed one by one, and what a strict run stops at. */
const FAULTS = new Set<LeftOutReason>(['bad_row', 'bad_id', 'duplicate_id']);

/** So many faults are listed; of more, only their number is told. */
const LISTED = 100;

export function isFault(reason: LeftOutReason): boolean {
  return FAULTS.has(reason);
}

/** Counts the rows that became no question, and lists those with a fault. */
export class LeftOutCount {
  readonly #counts = new Map<LeftOutReason, number>();
  readonly #warn: (message: string) => void;
  #faults = 0;
  /** The first fault, for the message of a run that found nothing usable. */
  first: string | undefined;

  constructor(warn: (message: string) => void) {
    this.#warn = warn;
  }

  add(reason: LeftOutReason, message: string): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    this.first ??= message;
    if (!isFault(reason)) return;
    this.#faults += 1;
    if (this.#faults <= LISTED) this.#warn(`${message} The row was left out.`);
  }

  /** To be called once at the end. */
  finish(): Record<string, number> {
    if (this.#faults > LISTED)
      this.#warn(`${this.#faults - LISTED} more rows with faults were left out.`);
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
