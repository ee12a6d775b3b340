/**
 * Letters that were typed into a field before the editor knew of it: it takes them for keys of the panel, and what they ask
 * for may come when the field has closed. It answers all that it is told in order, and each answer comes after what was
 * asked for before.
 */
export class TypedKeys {
  /** What was told and not answered yet: whether it was that something is typed. */
  readonly #untold: boolean[] = [];

  told(typing: boolean): void {
    this.#untold.push(typing);
  }

  answered(): void {
    this.#untold.shift();
  }

  /** Whether what the editor asks for now may come from a letter that was typed. */
  get mayAct(): boolean {
    return this.#untold.includes(true);
  }
}
