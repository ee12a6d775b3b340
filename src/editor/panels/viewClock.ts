/** How long a question has been in view: time in which its panel was hidden does not count. */
export class ViewClock {
  readonly #now: () => number;
  #countedMs = 0;
  #since: number | undefined;

  /** @param now in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Begins anew, for another question. */
  restart(visible: boolean): void {
    this.#countedMs = 0;
    this.#since = visible ? this.#now() : undefined;
  }

  setVisible(visible: boolean): void {
    if (visible) {
      this.#since ??= this.#now();
      return;
    }
    this.#countedMs = this.elapsedMs();
    this.#since = undefined;
  }

  elapsedMs(): number {
    return this.#countedMs + (this.#since === undefined ? 0 : this.#now() - this.#since);
  }
}
