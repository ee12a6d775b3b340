import type { PanelContext, PanelQuestion } from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { answerPlace } from './answerSource.ts';
import { CompareView } from './compareView.ts';
import type { KeyNames } from './keyNames.ts';
import { MarkLegend } from './markLegend.ts';
import type { Side } from './marks.ts';
import { paneSubjects } from './panes.ts';
import type { PanelState } from './state.ts';
import { TextMarker } from './textMarker.ts';
import type { SentenceMark } from './texts/markedText.ts';
import { TrajectoryPane } from './trajectoryPane.ts';

export interface TextsHandlers {
  onOverride: (side: Side, index: number) => void;
  onOpen: (index: number) => void;
  onDiff: () => void;
  onPassage: (number: number) => void;
  onRule: (rule: string | undefined) => void;
}

/** Both texts: as they are with sentences marked, or as their differences. */
export class TextsView {
  readonly #panes: readonly [TrajectoryPane, TrajectoryPane];
  readonly #compare: CompareView;
  readonly #legend = new MarkLegend();
  readonly #marker = new TextMarker();
  readonly element: HTMLElement;
  #marking = 0;

  constructor(keys: KeyNames, handlers: TextsHandlers) {
    this.#panes = [new TrajectoryPane(keys, handlers), new TrajectoryPane(keys, handlers)];
    this.#compare = new CompareView(handlers.onDiff);
    this.element = element(
      'div',
      { class: 'texts' },
      ...this.#panes.map((pane) => pane.element),
      this.#compare.element,
      this.#legend.element,
    );
  }

  update(state: PanelState, question: PanelQuestion, context: PanelContext | null): void {
    const { left, right, captions } = paneSubjects(state);
    const [first, second] = this.#panes;
    first.update(state, question, left, captions.left);
    second.update(state, question, right, captions.right);
    const [a, b] = [left, right].map((index) =>
      index === null ? undefined : state.trajectories.get(index),
    );
    const comparing = state.compare && a !== undefined && b !== undefined;
    this.element.classList.toggle('comparing', comparing);
    this.#compare.element.hidden = !comparing;
    this.#legend.element.hidden = true;
    cancelIdleCallback(this.#marking);
    if (comparing) {
      this.#compare.update(question, a, b);
      return;
    }
    // The texts come first; what is worth a look in them follows when there is time.
    this.#marking = requestIdleCallback(
      () => {
        this.#mark(state, question, context);
      },
      { timeout: 500 },
    );
  }

  /** Places of the passages that the left text has most in common with, best first. */
  bestPassages(state: PanelState, context: PanelContext, most: number): number[] {
    const { left } = paneSubjects(state);
    const text = left === null ? '' : (state.trajectories.get(left)?.text ?? '');
    return this.#marker.passages(context)?.best(text, most) ?? [];
  }

  #mark(state: PanelState, question: PanelQuestion, context: PanelContext | null): void {
    const { left, right } = paneSubjects(state);
    const text = (index: number | null): string =>
      index === null ? '' : (state.trajectories.get(index)?.text ?? '');
    const cell = state.selection?.column !== null && state.selection !== null;
    const marks = cell
      ? this.#marker.alike(text(left), text(right))
      : {
          left: left === null ? [] : this.#marker.doubtful(question, left, context),
          right: right === null ? [] : this.#marker.doubtful(question, right, context),
        };
    const [first, second] = this.#panes;
    const references = (index: number | null) => this.#marker.references(text(index), question);
    const answer = (index: number | null) =>
      answerPlace(index === null ? undefined : state.trajectories.get(index));
    first.mark({ sentences: marks.left, references: references(left), answer: answer(left) });
    second.mark({ sentences: marks.right, references: references(right), answer: answer(right) });
    const shown: SentenceMark[] = [...marks.left, ...marks.right].map(({ mark }) => mark);
    this.#legend.update(shown);
  }
}
