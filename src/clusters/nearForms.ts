import type { AnswerForm } from './nearEqual.ts';

interface Kept<Of> {
  of: Of;
  /** How many were added before it. */
  place: number;
}

/**
 * Answers in which those that may be near another one are found by its words, so that many different answers are not
 * compared each with each: what is near shares a word, or has as many words with the same first letters.
 */
export class NearForms<Of extends { readonly form: AnswerForm }> {
  readonly #byWord = new Map<string, Kept<Of>[]>();
  readonly #byShape = new Map<string, Kept<Of>[]>();
  #added = 0;

  add(of: Of): void {
    const kept = { of, place: this.#added };
    this.#added += 1;
    for (const word of new Set(of.form.words)) push(this.#byWord, word, kept);
    push(this.#byShape, shapeOf(of.form), kept);
  }

  /** All that are near the given one, and some that are not, in the order in which they were added. */
  like({ form }: { readonly form: AnswerForm }): Of[] {
    const found = new Set(this.#byShape.get(shapeOf(form)));
    for (const word of form.words) for (const kept of this.#byWord.get(word) ?? []) found.add(kept);
    return [...found].sort((a, b) => a.place - b.place).map(({ of }) => of);
  }
}

/** Words that are spelt alike begin alike (see {@link isNear}). */
function shapeOf({ words }: AnswerForm): string {
  return words.map((word) => word.charAt(0)).join('');
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
