import type { PanelContext, PanelQuestion, PanelRequest } from '../../src/protocol/panel.ts';
import type { PassageUse } from './contextOutline.ts';
import { ContextPane } from './contextPane.ts';
import type { KeyNames } from './keyNames.ts';
import { SIDES, type Side } from './marks.ts';
import { paneSubjects } from './panes.ts';
import type { PanelState } from './state.ts';
import { passageReferences } from './texts/passageReferences.ts';
import { TextsView } from './textsView.ts';

export interface ReadingPorts {
  state: () => PanelState;
  request: (body: (questionId: string) => PanelRequest, refused?: () => void) => void;
  onOverride: (side: Side, index: number) => void;
  /** Opens or closes the context. */
  onContext: (open: boolean) => void;
  onDone: () => void;
  hint: (message: string) => void;
  say: (sentence: string) => void;
}

const MOST_BEST = 3;
/** Contexts that are kept: each may hold 200 KB. */
const KEPT = 3;

/** The two texts and the context they rest on, and the ways between them. */
export class Reading {
  readonly texts: TextsView;
  readonly context: ContextPane;
  readonly #ports: ReadingPorts;
  /** By question, the latest last: the one on screen and the one that comes next. */
  readonly #contexts = new Map<string, PanelContext>();
  readonly #asked = new Set<string>();
  #best: { of: number | null; places: readonly number[]; at: number } | null = null;

  constructor(keys: KeyNames, ports: ReadingPorts) {
    this.#ports = ports;
    this.texts = new TextsView(keys, {
      onOverride: ports.onOverride,
      onOpen: (index) => {
        ports.request((questionId) => ({ type: 'openTrajectory', questionId, index }));
      },
      onDiff: () => {
        this.openDiff();
      },
      onPassage: (number) => {
        this.#show(number - 1);
      },
      onRule: (rule) => {
        this.#showRules(rule);
      },
    });
    this.context = new ContextPane({
      onToggle: ports.onContext,
      onDocument: () => {
        ports.request((questionId) => ({ type: 'openContext', questionId }));
      },
      onDone: ports.onDone,
    });
  }

  /** @param changed whether the question itself did, not only what is focused in it. */
  update(state: PanelState, question: PanelQuestion, changed: boolean): void {
    const context = this.#contextOf(question);
    if (state.context && context === null) this.#ask(question.questionId);
    this.texts.update(state, question, context);
    this.context.update(question, context, state.context);
    if (changed) this.context.mark(usesOf(state, question));
    const { left } = paneSubjects(state);
    if (this.#best?.of !== left) this.#best = null;
  }

  /** Has the context of the question that comes next here before it is shown. */
  prepare({ questionId }: PanelQuestion): void {
    if (this.#ports.state().context && !this.#contexts.has(questionId)) this.#ask(questionId);
  }

  receive(questionId: string, context: PanelContext): void {
    this.#contexts.delete(questionId);
    this.#contexts.set(questionId, context);
    this.#asked.delete(questionId);
    for (const old of this.#contexts.keys())
      if (this.#contexts.size > KEPT) this.#contexts.delete(old);
    const state = this.#ports.state();
    const { question } = state;
    if (question?.questionId === questionId) this.update(state, question, true);
  }

  openDiff(): void {
    const { left, right } = paneSubjects(this.#ports.state());
    if (left === null || right === null) this.#ports.hint('There are no two texts to compare.');
    else this.#ports.request((questionId) => ({ type: 'openDiff', questionId, left, right }));
  }

  /** The rules that find answers, from that of the left text on. */
  showRules(): void {
    const { left } = paneSubjects(this.#ports.state());
    const from = left === null ? null : this.#ports.state().trajectories.get(left)?.answerFrom;
    this.#showRules(from?.kind === 'rule' ? from.rule : undefined);
  }

  searchContext(): void {
    this.#ports.onContext(true);
    this.context.focusSearch();
  }

  /** The passage that the left text has most in common with; asked again, the next best. */
  bestPassage(): void {
    this.#ports.onContext(true);
    const state = this.#ports.state();
    const { question } = state;
    const context = question === null ? null : this.#contextOf(question);
    if (context === null) {
      this.#ports.say('The context is still on its way.');
      return;
    }
    if (this.#best === null) {
      const places = this.texts.bestPassages(state, context, MOST_BEST);
      this.#best = { of: paneSubjects(state).left, places, at: -1 };
    }
    const { places } = this.#best;
    if (places.length === 0) {
      this.#ports.hint('No passage has words in common with this text.');
      return;
    }
    this.#best.at = (this.#best.at + 1) % places.length;
    this.#show(places[this.#best.at] ?? 0);
  }

  #showRules(rule: string | undefined): void {
    this.#ports.request((questionId) => ({
      type: 'answerRules',
      questionId,
      ...(rule === undefined ? {} : { rule }),
    }));
  }

  #show(place: number): void {
    this.#ports.onContext(true);
    this.context.show(place);
    const { question } = this.#ports.state();
    const context = question === null ? null : this.#contextOf(question);
    const title = context?.passages[place]?.title ?? '';
    this.#ports.say(`Passage ${place + 1}${title === '' ? '' : `, ${title}`}.`);
  }

  #contextOf({ questionId }: PanelQuestion): PanelContext | null {
    return this.#contexts.get(questionId) ?? null;
  }

  #ask(questionId: string): void {
    if (this.#asked.has(questionId)) return;
    this.#asked.add(questionId);
    this.#ports.request(
      () => ({ type: 'context', questionId }),
      () => {
        this.#asked.delete(questionId);
      },
    );
  }
}

function usesOf(state: PanelState, question: PanelQuestion): Map<number, PassageUse> {
  const uses = new Map<number, Set<Side>>();
  for (const side of SIDES) {
    const index = question.pair[side]?.index;
    const text = index === undefined ? '' : (state.trajectories.get(index)?.text ?? '');
    for (const { number } of passageReferences(text, question.documents)) {
      const sides = uses.get(number) ?? new Set();
      uses.set(number, sides.add(side));
    }
  }
  return uses;
}
