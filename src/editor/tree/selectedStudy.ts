/**
 * The study of the row that is selected, or was last. While VS Code asks a tree for its rows anew it names no selected
 * row, and it does not say when it can again: who looked just then would go on with another study.
 */
export class SelectedStudy {
  readonly #view: { readonly selection: readonly { readonly dir: string }[] };
  #last: string | undefined;

  constructor(view: { readonly selection: readonly { readonly dir: string }[] }) {
    this.#view = view;
  }

  get dir(): string | undefined {
    this.#last = this.#view.selection[0]?.dir ?? this.#last;
    return this.#last;
  }
}
