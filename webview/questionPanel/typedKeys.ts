/**
 * Letters that were typed into a field before the editor knew of it: it takes them for keys of the panel, and what they ask
 * for may come when the field has closed. It answers all that it is told in order, and each answer comes after what was
 * asked for before. An answer that is long overdue was lost: it is not waited for, so that keys never stay dead.
 */
export class TypedKeys {
  /** What was told and not answered yet: whether it was that something is typed, and when. */
  readonly #untold: { typing: boolean; at: number }[] = [];
  readonly #now: () => number;

  /** @param now in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  told(typing: boolean): void {
    this.#untold.push({ typing, at: this.#now() });
  }

  answered(): void {
    this.#untold.shift();
  }

  /** Whether what the editor asks for now may come from a letter that was typed. */
  get mayAct(): boolean {
    const since = this.#now() - LOST_MS;
    while (this.#untold[0] && this.#untold[0].at < since) this.#untold.shift();
    return this.#untold.some(({ typing }) => typing);
  }
}

/** No answer takes so long: a busy host takes some tenths of a second. */
const LOST_MS = 5_000;
