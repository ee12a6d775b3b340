/**
 * Letters that were typed into a field before the editor knew of it: it takes them for keys of the panel, and what they ask
 * for may come when the field has closed. It answers all that it is told in order, and each answer comes after what was
 * asked for before, but for a command that is used for the first time: that comes when its extensions are known. An answer
 * that is long overdue was lost: it is not waited for, so that keys never stay dead.
 */
export class TypedKeys {
  /** What was told and not answered yet: whether it was that something is typed, and when. */
  readonly #untold: { typing: boolean; at: number }[] = [];
  /** Letters typed before the editor knew, of which nothing has come yet. */
  #letters: { key: string; at: number }[] = [];
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

  /** A key was pressed, in a field or elsewhere in the panel: what it asks for there is meant. */
  pressed(key: string, typing: boolean): void {
    if (!typing) this.#letters = this.#letters.filter((letter) => letter.key !== key);
    else if (this.#unknown()) this.#letters.push({ key, at: this.#now() });
  }

  /** Whether what the editor asks for now comes from a letter that was typed, or may do so. @param keys bound to it. */
  takes(keys: readonly string[]): boolean {
    const since = this.#now() - LOST_MS;
    const late = this.#letters.findIndex(({ key, at }) => at >= since && keys.includes(key));
    if (late >= 0) this.#letters.splice(late, 1);
    return late >= 0 || this.#unknown();
  }

  /** Whether the editor may not know yet that something is typed. */
  #unknown(): boolean {
    const since = this.#now() - LOST_MS;
    while (this.#untold[0] && this.#untold[0].at < since) this.#untold.shift();
    return this.#untold.some(({ typing }) => typing);
  }
}

/** No answer takes so long: a busy host takes some tenths of a second. */
const LOST_MS = 5_000;
