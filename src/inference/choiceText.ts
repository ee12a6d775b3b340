/**
 * The text of one choice while it grows: cuts it before the first stop string.
 *
 * What could be the beginning of a stop string is held back until it is clear that it is none, so that no delta ever
 * has to be taken back.
 */
export class ChoiceText {
  readonly #stop: readonly string[];
  #held = '';
  #stopped = false;

  constructor(stop: readonly string[]) {
    this.#stop = stop;
  }

  /** True from the moment a stop string was seen. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** Takes the next piece and returns what may be shown of it. */
  push(piece: string): string {
    if (this.#stopped) return '';
    const text = this.#held + piece;
    const cut = firstStop(text, this.#stop);
    if (cut !== undefined) {
      this.#stopped = true;
      this.#held = '';
      return text.slice(0, cut);
    }
    const keep = text.length - longestOpenStop(text, this.#stop);
    this.#held = text.slice(keep);
    return text.slice(0, keep);
  }

  /** The text ends here: returns what was held back. */
  end(): string {
    const rest = this.#held;
    this.#held = '';
    return rest;
  }
}

function firstStop(text: string, stop: readonly string[]): number | undefined {
  let first: number | undefined;
  for (const candidate of stop) {
    const at = text.indexOf(candidate);
    if (at >= 0 && (first === undefined || at < first)) first = at;
  }
  return first;
}

/** Length of the longest end of `text` that is a beginning of a stop string. */
function longestOpenStop(text: string, stop: readonly string[]): number {
  let longest = 0;
  for (const candidate of stop) {
    for (let size = Math.min(candidate.length - 1, text.length); size > longest; size--) {
      if (text.endsWith(candidate.slice(0, size))) longest = size;
    }
  }
  return longest;
}
