import { visibleText } from '../../src/protocol/hiddenCharacters.ts';
import type {
  PanelAction,
  PanelQuestion,
  PanelRequest,
  SaveFormat,
  ToPanel,
} from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { HostConnection } from '../hostConnection.ts';
import { answerLabel, filtersOf } from './answerFilter.ts';
import { Decisions } from './decisions.ts';
import { heatmapFile } from './heatmapFiles.ts';
import { isTyping, listenToKeys, watchLetters, watchTyping } from './keyboard.ts';
import { KeyNames } from './keyNames.ts';
import type { PanelCommand } from './keys.ts';
import { Navigation } from './navigation.ts';
import { panelActions } from './panelActions.ts';
import { PanelViews } from './panelViews.ts';
import { seededState } from './seededState.ts';
import { changeSentence, focusSentence, questionSentence, shownSentence } from './sentences.ts';
import { initialState, reduce, savedPanel, type PanelEvent, type PanelState } from './state.ts';
import { TypedKeys } from './typedKeys.ts';

type Message = Exclude<ToPanel, { type: 'reply' }>;

/** Holds the state, hands it to the views, and turns commands into events and requests. */
export class QuestionPanel {
  readonly #host = new HostConnection<Message, PanelRequest>((message) => {
    this.#receive(message);
  });
  readonly #keys = new KeyNames();
  readonly #typed = new TypedKeys();
  readonly #live = element('div', { class: 'spoken', 'aria-live': 'polite' });
  readonly #views: PanelViews;
  readonly #decisions: Decisions;
  readonly #navigation = new Navigation({
    question: () => this.#state.question,
    show: (question) => {
      this.#showQuestion(question);
    },
    request: (body) => this.#host.request(body),
    failed: (message) => {
      this.#views.notice.show(message);
    },
    say: (sentence) => {
      this.#say(sentence);
    },
  });
  readonly #actions: Record<PanelAction, () => void>;
  #state: PanelState;

  constructor(root: HTMLElement) {
    const saved = this.#host.savedState() ?? seededState();
    // At once: the editor opens the panel again from it, however soon it is reloaded.
    this.#host.saveState(saved);
    this.#state = initialState(saved);
    this.#views = this.#makeViews(root);
    root.append(this.#live);
    this.#decisions = this.#makeDecisions();
    this.#actions = this.#makeActions();
    listenToKeys((command) => {
      this.#run(command);
    });
    watchLetters((key, typing) => {
      this.#typed.pressed(key, typing);
    });
    watchTyping((listening, typing) => {
      this.#typed.told(typing);
      document.body.dataset['listening'] = 'false';
      this.#host.tell({ type: 'listening', listening });
    });
    this.#host.ready();
  }

  #makeViews(root: HTMLElement): PanelViews {
    return new PanelViews(root, this.#keys, {
      state: () => this.#state,
      request: (body, refused) => {
        this.#request(body, refused);
      },
      say: (sentence) => {
        this.#say(sentence);
      },
      onAction: (action) => {
        this.#act(action);
      },
      onOrder: (order) => {
        this.#dispatch({ type: 'order', order });
      },
      onFilter: (answer) => {
        this.#filter(answer);
      },
      onSelect: (selection) => {
        this.#select({ type: 'select', selection });
      },
      onBrush: (region) => {
        this.#dispatch({ type: 'brush', region });
        this.#zoom('in');
      },
      onWhole: () => {
        this.#zoom('whole');
      },
      onSave: (format) => {
        this.#save(format);
      },
      onOverride: (side, index) => {
        this.#decisions.override(side, index);
      },
      onContext: (open) => {
        if (this.#state.context !== open) this.#dispatch({ type: 'context', open });
      },
      onContextShare: (share) => {
        this.#dispatch({ type: 'contextShare', share });
      },
    });
  }

  #makeDecisions(): Decisions {
    const { entry, reason, notice } = this.#views;
    return new Decisions({
      state: () => this.#state,
      request: (body, refused) => {
        this.#request(body, refused);
      },
      hint: (message) => {
        notice.hint(message);
      },
      say: (sentence) => {
        this.#say(sentence);
      },
      entry,
      reason,
    });
  }

  #makeActions(): Record<PanelAction, () => void> {
    const { reason, reading, scorers, help } = this.#views;
    return panelActions({
      state: () => this.#state,
      dispatch: (event) => {
        this.#dispatch(event);
      },
      say: (sentence) => {
        this.#say(sentence);
      },
      zoom: (direction) => {
        this.#zoom(direction);
      },
      nextAnswer: () => {
        this.#filterByNextAnswer();
      },
      decisions: this.#decisions,
      navigation: this.#navigation,
      reason,
      reading,
      scorers,
      help,
    });
  }

  #receive(message: Message): void {
    const { effects, reading } = this.#views;
    const { question, selection } = this.#state;
    switch (message.type) {
      case 'question':
        if (this.#navigation.wants(message.question)) this.#showQuestion(message.question);
        return;
      case 'preload':
        this.#navigation.preload(message.question);
        reading.prepare(message.question);
        return;
      case 'context':
        reading.receive(message.questionId, message.context);
        return;
      case 'keys':
        this.#keys.set(message.keys);
        if (question !== null) this.#views.renameKeys(question);
        return;
      case 'lengthBias':
        effects.setBias(message.bias);
        if (question !== null) effects.update(question, selection);
        return;
      case 'listening':
        this.#typed.answered();
        document.body.dataset['listening'] = String(message.listening);
        return;
      case 'action':
        // A key that came just as the focus went into a field was meant for the field.
        if (
          !this.#typed.takes(this.#keys.of(message.action)) &&
          !(document.hasFocus() && isTyping())
        )
          this.#act(message.action);
    }
  }

  #showQuestion(question: PanelQuestion): void {
    const before = this.#state.question;
    const { effects, reason, entry } = this.#views;
    if (before === null) this.#views.begin();
    const same = before?.questionId === question.questionId && before.study === question.study;
    if (before?.study !== question.study) effects.setBias(null);
    if (!same) {
      reason.clear();
      entry.close();
    }
    this.#dispatch({ type: 'question', question });
    this.#say(same ? changeSentence(before, question) : questionSentence(question));
  }

  #dispatch(event: PanelEvent): void {
    const before = this.#state;
    this.#views.notice.clearHint();
    this.#state = reduce(before, event);
    const { question } = this.#state;
    if (question === null) return;
    const saved = savedPanel(this.#state);
    if (saved !== null) this.#host.saveState(saved);
    this.#views.update(before, this.#state, question);
  }

  #run(command: PanelCommand): void {
    if (this.#views.help.open) {
      if (command.kind === 'clear') this.#views.help.toggle();
      return;
    }
    if (command.kind === 'clear') this.#clear();
    else if (command.kind === 'brush') this.#select({ type: 'brushMove', move: command.move });
    else this.#select({ type: 'move', move: command.move });
  }

  #act(action: PanelAction): void {
    if (this.#state.question === null || (this.#views.help.open && action !== 'help')) return;
    this.#actions[action]();
  }

  /** What is marked goes first, then the focus, then the filter. */
  #clear(): void {
    const { brush, selection, filter } = this.#state;
    if (brush !== null) this.#dispatch({ type: 'brush', region: null });
    else if (selection === null && filter !== null) this.#filter(null);
    else this.#select({ type: 'select', selection: null });
  }

  #zoom(direction: 'in' | 'out' | 'whole'): void {
    this.#dispatch({ type: 'zoom', direction });
    const shown = shownSentence(this.#state);
    this.#say(shown === '' ? 'All of the heatmap.' : shown);
  }

  /** After the last answer comes all of them again. */
  #filterByNextAnswer(): void {
    const { question, filter } = this.#state;
    const filters = filtersOf(question?.answers ?? null);
    this.#filter(filters[filter === null ? 0 : filters.indexOf(filter) + 1] ?? null);
  }

  #filter(answer: string | null): void {
    this.#dispatch({ type: 'filter', answer });
    const { question, rows } = this.#state;
    this.#say(
      answer === null
        ? 'All answers.'
        : `Only the ${rows.length} rows that answer ${answerLabel(question?.answers ?? null, answer)}.`,
    );
  }

  #save(format: SaveFormat): void {
    const { question, columns } = this.#state;
    const { picture } = this.#views;
    if (question === null || picture === null) return;
    const data = heatmapFile(format, picture, question, columns);
    this.#request((questionId) => ({ type: 'save', questionId, format, data }));
  }

  #select(event: PanelEvent): void {
    this.#dispatch(event);
    this.#say(focusSentence(this.#state));
  }

  #request(body: (questionId: string) => PanelRequest, refused?: () => void): void {
    const { question } = this.#state;
    if (question === null) return;
    void this.#host.request(body(question.questionId)).then((result) => {
      if (result.ok) {
        this.#views.notice.clear();
        return;
      }
      this.#views.notice.show(result.message);
      refused?.();
    });
  }

  #say(sentence: string): void {
    this.#live.textContent = visibleText(sentence);
  }
}
