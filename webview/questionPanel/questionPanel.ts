import type {
  PanelAction,
  PanelQuestion,
  PanelRequest,
  SaveFormat,
  ToPanel,
} from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { HostConnection } from '../hostConnection.ts';
import { applyAccents, onThemeChange, readTheme } from '../theme.ts';
import { answerLabel, filtersOf } from './answerFilter.ts';
import { AnswersLine } from './answersLine.ts';
import { Decisions } from './decisions.ts';
import { EffectLine } from './effectLine.ts';
import { EntryLine } from './entryLine.ts';
import { Footer } from './footer.ts';
import { layoutFor } from './geometry.ts';
import { Header } from './header.ts';
import { heatmapFile } from './heatmapFiles.ts';
import { Help } from './help.ts';
import { isTyping, listenToKeys, watchTyping } from './keyboard.ts';
import { KeyNames } from './keyNames.ts';
import type { PanelCommand } from './keys.ts';
import { MapView } from './mapView.ts';
import { Navigation } from './navigation.ts';
import { Notice } from './notice.ts';
import { panelActions } from './panelActions.ts';
import { PairLine } from './pairLine.ts';
import { Reading } from './reading.ts';
import { ReasonField } from './reasonField.ts';
import { seededState } from './seededState.ts';
import { ScorerComparison } from './scorerComparison.ts';
import { ScoreBars } from './scoreBars.ts';
import { changeSentence, focusSentence, questionSentence, shownSentence } from './sentences.ts';
import { initialState, reduce, savedPanel, type PanelEvent, type PanelState } from './state.ts';
import { Splitter } from './splitter.ts';
import { UtilityTable } from './utilityTable.ts';
import { VerdictBar } from './verdictBar.ts';

/** As in the style sheet: what the score list keeps of a wrapped panel; it takes what the heatmap leaves. */
const LEAST_LIST_PX = 236;
/** Share of a wide panel's width that the heatmap may take. */
const MAP_SHARE = 0.34;

type Message = Exclude<ToPanel, { type: 'reply' }>;

/** Holds the state, hands it to the views, and turns commands into events and requests. */
export class QuestionPanel {
  readonly #host = new HostConnection<Message, PanelRequest>((message) => {
    this.#receive(message);
  });
  readonly #keys = new KeyNames();
  readonly #header = new Header(this.#keys, {
    onAction: (action) => {
      this.#act(action);
    },
    onOrder: (order) => {
      this.#dispatch({ type: 'order', order });
    },
    onDone: () => {
      this.#focusMap();
    },
  });
  readonly #notice = new Notice();
  readonly #answers = new AnswersLine({
    onFilter: (answer) => {
      this.#filter(answer);
    },
  });
  readonly #pairLine = new PairLine();
  readonly #reason = new ReasonField(() => {
    this.#focusMap();
  });
  readonly #verdicts = new VerdictBar(this.#keys, (action) => {
    this.#act(action);
  });
  readonly #entry = new EntryLine(() => {
    this.#focusMap();
  });
  readonly #effects = new EffectLine();
  readonly #scores = new ScoreBars((row) => {
    this.#select({ type: 'select', selection: { row, column: null } });
  });
  readonly #map = new MapView({
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
  });
  readonly #table = new UtilityTable((selection) => {
    this.#select({ type: 'select', selection });
  });
  readonly #reading = new Reading(this.#keys, {
    state: () => this.#state,
    request: (body, refused) => {
      this.#request(body, refused);
    },
    onOverride: (side, index) => {
      this.#decisions.override(side, index);
    },
    onContext: (open) => {
      if (this.#state.context !== open) this.#dispatch({ type: 'context', open });
    },
    onDone: () => {
      this.#focusMap();
    },
    hint: (message) => {
      this.#notice.hint(message);
    },
    say: (sentence) => {
      this.#say(sentence);
    },
  });
  readonly #splitter = new Splitter((share) => {
    this.#dispatch({ type: 'contextShare', share });
  });
  readonly #scorers = new ScorerComparison((row) => {
    this.#select({ type: 'select', selection: { row, column: null } });
  });
  readonly #decisions = new Decisions({
    state: () => this.#state,
    request: (body, refused) => {
      this.#request(body, refused);
    },
    hint: (message) => {
      this.#notice.hint(message);
    },
    say: (sentence) => {
      this.#say(sentence);
    },
    entry: this.#entry,
    reason: this.#reason,
  });
  readonly #footer = new Footer();
  readonly #help = new Help(this.#keys);
  readonly #live = element('div', { class: 'spoken', 'aria-live': 'polite' });
  readonly #body = element(
    'main',
    {},
    this.#scores.element,
    this.#map.element,
    this.#table.element,
    this.#reading.texts.element,
  );
  readonly #waiting = element('p', { class: 'missing' }, 'Waiting for the question\u2026');
  readonly #navigation = new Navigation({
    question: () => this.#state.question,
    show: (question) => {
      this.#showQuestion(question);
    },
    request: (body) => this.#host.request(body),
    failed: (message) => {
      this.#notice.show(message);
    },
    say: (sentence) => {
      this.#say(sentence);
    },
  });
  readonly #actions = panelActions({
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
    reason: this.#reason,
    reading: this.#reading,
    scorers: this.#scorers,
    navigation: this.#navigation,
    help: this.#help,
  });
  #state: PanelState;
  #theme = readTheme();

  constructor(root: HTMLElement) {
    const saved = this.#host.savedState() ?? seededState();
    // At once: the editor opens the panel again from it, however soon it is reloaded.
    this.#host.saveState(saved);
    this.#state = initialState(saved);
    root.classList.add('panel');
    root.replaceChildren(this.#waiting, this.#live);
    listenToKeys((command) => {
      this.#run(command);
    });
    watchTyping((listening) => {
      this.#host.tell({ type: 'listening', listening });
    });
    applyAccents(this.#theme);
    onThemeChange(() => {
      this.#theme = readTheme();
      applyAccents(this.#theme);
      this.#layOut();
    });
    new ResizeObserver(() => {
      this.#layOut();
    }).observe(this.#body);
    this.#host.ready();
  }

  #receive(message: Message): void {
    switch (message.type) {
      case 'question':
        if (this.#navigation.wants(message.question)) this.#showQuestion(message.question);
        return;
      case 'preload':
        this.#navigation.preload(message.question);
        this.#reading.prepare(message.question);
        return;
      case 'context':
        this.#reading.receive(message.questionId, message.context);
        return;
      case 'keys':
        this.#keys.set(message.keys);
        this.#refreshKeys();
        return;
      case 'lengthBias':
        this.#effects.setBias(message.bias);
        if (this.#state.question !== null)
          this.#effects.update(this.#state.question, this.#state.selection);
        return;
      case 'listening':
        document.body.dataset['listening'] = String(message.listening);
        return;
      case 'action':
        // A key that came just as the focus went into a field was meant for the field.
        if (!(document.hasFocus() && isTyping())) this.#act(message.action);
    }
  }

  #refreshKeys(): void {
    const { question } = this.#state;
    if (question === null) return;
    this.#header.update(this.#state, question);
    this.#verdicts.update(question);
  }

  #showQuestion(question: PanelQuestion): void {
    const before = this.#state.question;
    if (before === null) {
      this.#waiting.replaceWith(
        this.#header.element,
        this.#notice.element,
        this.#answers.element,
        element(
          'div',
          { class: 'pair-line' },
          this.#pairLine.element,
          this.#verdicts.element,
          this.#reason.element,
        ),
        this.#entry.element,
        this.#effects.element,
        this.#body,
        this.#scorers.element,
        this.#splitter.element,
        this.#reading.context.element,
        this.#footer.element,
        this.#help.element,
      );
    }
    const same = before?.questionId === question.questionId && before.study === question.study;
    if (before?.study !== question.study) this.#effects.setBias(null);
    if (!same) {
      this.#reason.clear();
      this.#entry.close();
    }
    this.#dispatch({ type: 'question', question });
    this.#say(same ? changeSentence(before, question) : questionSentence(question));
  }

  #dispatch(event: PanelEvent): void {
    const before = this.#state;
    this.#notice.clearHint();
    this.#state = reduce(before, event);
    const { question, table, selection } = this.#state;
    if (question === null) return;
    const saved = savedPanel(this.#state);
    if (saved !== null) this.#host.saveState(saved);

    const changed = before.question !== question;
    const sameRows =
      before.rows === this.#state.rows &&
      before.utilities === this.#state.utilities &&
      before.zoom === this.#state.zoom &&
      !changed;
    if (!sameRows) {
      this.#scores.update(this.#state, question);
      this.#scorers.update(this.#state.columns, question);
      this.#answers.update(this.#state, question);
    }
    this.#header.update(this.#state, question);
    if (changed) {
      this.#pairLine.update(question);
      this.#verdicts.update(question);
      this.#reason.update(question);
      this.#footer.update(question);
    }
    this.#effects.update(question, selection);
    if (changed || this.#readingChanged(before))
      this.#reading.update(this.#state, question, changed);

    this.#splitter.show(this.#state.contextShare);
    this.#splitter.element.hidden = !this.#state.context;
    this.#body.classList.toggle('as-table', table);
    const stale = !sameRows || !before.table || !this.#table.holds(selection);
    if (table && stale) this.#table.update(this.#state, question);
    if (!sameRows || before.table !== table) this.#layOut();
    else this.#map.select(this.#state);
    this.#scores.select(selection?.row ?? null);
    if (table) this.#table.select(selection);
  }

  #readingChanged(before: PanelState): boolean {
    const { selection, compare, context, rows } = this.#state;
    return (
      before.selection !== selection ||
      before.compare !== compare ||
      before.context !== context ||
      before.rows !== rows
    );
  }

  /** Fits the heatmap into what the other parts leave, and the score list to the heatmap. */
  #layOut(): void {
    const { question, table } = this.#state;
    if (question === null) return;
    const widthPx = this.#body.clientWidth;
    const layout = layoutFor(widthPx);
    document.body.dataset['layout'] = layout;
    if (table) return;
    const foot = this.#map.footHeight();
    const listPx = layout === 'stacked' ? 0 : LEAST_LIST_PX;
    // Wrapped, the texts stand below: half of the window is theirs.
    const halfPx = Math.max(260, Math.min(520, window.innerHeight / 2));
    const space =
      layout === 'wide'
        ? { widthPx: widthPx * MAP_SHARE, heightPx: this.#body.clientHeight - foot - 16 }
        : { widthPx: widthPx - listPx - 36, heightPx: layout === 'wrapped' ? halfPx : 520 };
    const geometry = this.#map.draw(this.#state, question, this.#theme, space);
    this.#scores.fit(layout, geometry);
  }

  #run(command: PanelCommand): void {
    if (this.#help.open) {
      if (command.kind === 'clear') this.#help.toggle();
      return;
    }
    if (command.kind === 'clear') this.#clear();
    else if (command.kind === 'brush') this.#select({ type: 'brushMove', move: command.move });
    else this.#select({ type: 'move', move: command.move });
  }

  #act(action: PanelAction): void {
    if (this.#state.question === null || (this.#help.open && action !== 'help')) return;
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
    const { picture } = this.#map;
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
        this.#notice.clear();
        return;
      }
      this.#notice.show(result.message);
      refused?.();
    });
  }

  #focusMap(): void {
    const target = this.#state.table
      ? this.#table.element
      : this.#body.querySelector('.scores-list');
    if (target instanceof HTMLElement) target.focus();
  }

  #say(sentence: string): void {
    this.#live.textContent = sentence;
  }
}
