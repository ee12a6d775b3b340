/** The questions of a study that changed. */
export type ChangedQuestions = ReadonlySet<string> | 'all';

/**
 * Gathers changes, and passes them on once per subject and interval: the first at once, so that first rows show without
 * delay, the rest together.
 */
export class ChangeBuffer<Subject> {
  readonly #intervalMs: number;
  readonly #emit: (subject: Subject, questions: ChangedQuestions) => void;
  readonly #pending = new Map<Subject, Set<string> | 'all'>();
  readonly #quiet = new Map<Subject, NodeJS.Timeout>();

  constructor(emit: (subject: Subject, questions: ChangedQuestions) => void, intervalMs = 100) {
    this.#emit = emit;
    this.#intervalMs = intervalMs;
  }

  add(subject: Subject, questions: ChangedQuestions): void {
    const pending = this.#pending.get(subject);
    if (questions === 'all' || pending === 'all') this.#pending.set(subject, 'all');
    else if (pending) for (const id of questions) pending.add(id);
    else this.#pending.set(subject, new Set(questions));
    if (!this.#quiet.has(subject)) this.#flush(subject);
  }

  dispose(): void {
    for (const timer of this.#quiet.values()) clearTimeout(timer);
    this.#quiet.clear();
    this.#pending.clear();
  }

  #flush(subject: Subject): void {
    const questions = this.#pending.get(subject);
    if (!questions) {
      this.#quiet.delete(subject);
      return;
    }
    this.#pending.delete(subject);
    this.#quiet.set(
      subject,
      setTimeout(() => {
        this.#flush(subject);
      }, this.#intervalMs),
    );
    this.#emit(subject, questions);
  }
}
