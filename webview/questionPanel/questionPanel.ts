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
import { Footer } from './footer.ts';
import { layoutFor } from './geometry.ts';
import { Header } from './header.ts';
import { heatmapFile } from './heatmapFiles.ts';
import { Help } from './help.ts';
import { listenToKeys } from './keyboard.ts';
import type { PanelCommand } from './keys.ts';
import { MapView } from './mapView.ts';
import type { Side } from './marks.ts';
import { Notice } from './notice.ts';
import { overrideFor } from './overrides.ts';
import { PairLine } from './pairLine.ts';
import { paneSubjects } from './panes.ts';
import { ScorerComparison } from './scorerComparison.ts';
import { ScoreBars } from './scoreBars.ts';
import { focusSentence, pairSentence, questionSentence, shownSentence } from './sentences.ts';
import { initialState, reduce, savedPanel, type PanelEvent, type PanelState } from './state.ts';
import { TrajectoryPane } from './trajectoryPane.ts';
import { UtilityTable } from './utilityTable.ts';

/** As in the style sheet: what the score list keeps of a wrapped panel; it takes what the heatmap leaves. */
const LEAST_LIST_PX = 236;

type Message = Exclude<ToPanel, { type: 'reply' }>;

/** Holds the state, hands it to the views, and turns commands into events and requests. */
export class QuestionPanel {
  readonly #host = new HostConnection<Message, PanelRequest>((message) => {
    if (message.type === 'question') this.#receiveQuestion(message.question);
    else if (message.type === 'preload') this.#next = message.question;
    else if (message.type === 'action') this.#act(message.action);
  });
  readonly #header = new Header({
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
  readonly #pairLine = new PairLine(() => {
    this.#focusMap();
  });
  readonly #scores = new ScoreBars((row) => {
    this.#select(row, null);
  });
  readonly #map = new MapView({
    onSelect: ({ row, column }) => {
      this.#select(row, column);
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
  readonly #table = new UtilityTable(({ row, column }) => {
    this.#select(row, column);
  });
  readonly #panes = [this.#makePane(), this.#makePane()] as const;
  readonly #scorers = new ScorerComparison((row) => {
    this.#select(row, null);
  });
  readonly #footer = new Footer(() => {
    this.#request((questionId) => ({ type: 'openContext', questionId }));
  });
  readonly #help = new Help();
  readonly #live = element('div', { class: 'spoken', 'aria-live': 'polite' });
  readonly #body = element(
    'main',
    {},
    this.#scores.element,
    this.#map.element,
    this.#table.element,
    element('div', { class: 'texts' }, ...this.#panes.map((pane) => pane.element)),
  );
  readonly #waiting = element('p', { class: 'missing' }, 'Waiting for the question\u2026');
  /** The question after this one, where it is here already. */
  #next: PanelQuestion | undefined;
  /** The question that is shown while the editor has yet to follow. */
  #ahead: string | undefined;
  #state: PanelState;
  #theme = readTheme();

  constructor(root: HTMLElement) {
    this.#state = initialState(this.#host.savedState());
    root.classList.add('panel');
    root.replaceChildren(this.#waiting, this.#live);
    listenToKeys((command) => {
      this.#run(command);
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

  #makePane(): TrajectoryPane {
    return new TrajectoryPane({
      onOverride: (side, index) => {
        this.#override(side, index);
      },
      onOpen: (index) => {
        this.#request((questionId) => ({ type: 'openTrajectory', questionId, index }));
      },
    });
  }

  #showQuestion(question: PanelQuestion): void {
    const before = this.#state.question;
    if (before === null) {
      this.#waiting.replaceWith(
        this.#header.element,
        this.#notice.element,
        this.#pairLine.element,
        this.#body,
        this.#scorers.element,
        this.#footer.element,
        this.#help.element,
      );
    }
    this.#dispatch({ type: 'question', question });
    const same = before?.questionId === question.questionId && before.study === question.study;
    if (!same) this.#pairLine.clearReason();
    this.#say(same ? changeSentence(before, question) : questionSentence(question));
  }

  #dispatch(event: PanelEvent): void {
    const before = this.#state;
    this.#notice.clearHint();
    this.#state = reduce(before, event);
    const { question } = this.#state;
    if (question === null) return;
    const saved = savedPanel(this.#state);
    if (saved !== null) this.#host.saveState(saved);

    const sameRows =
      before.rows === this.#state.rows &&
      before.utilities === this.#state.utilities &&
      before.zoom === this.#state.zoom &&
      before.question === question;
    if (!sameRows) {
      this.#scores.update(this.#state, question);
      this.#scorers.update(this.#state.columns, question);
    }
    this.#header.update(this.#state, question);
    if (before.question !== question) {
      this.#pairLine.update(question);
      this.#footer.update(question);
    }
    const subjects = paneSubjects(this.#state);
    const [left, right] = this.#panes;
    left.update(this.#state, question, subjects.left, subjects.captions.left);
    right.update(this.#state, question, subjects.right, subjects.captions.right);

    const { table, selection } = this.#state;
    this.#body.classList.toggle('as-table', table);
    const stale = !sameRows || !before.table || !this.#table.holds(selection);
    if (table && stale) this.#table.update(this.#state, question);
    if (!sameRows || before.table !== table) this.#layOut();
    else this.#map.select(this.#state);
    this.#scores.select(selection?.row ?? null);
    if (table) this.#table.select(selection);
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
        ? { widthPx: widthPx * 0.36, heightPx: this.#body.clientHeight - foot - 16 }
        : { widthPx: widthPx - listPx - 36, heightPx: layout === 'wrapped' ? halfPx : 520 };
    const geometry = this.#map.draw(this.#state, question, this.#theme, space);
    this.#scores.fit(layout, geometry);
  }

  #run(command: PanelCommand): void {
    if (this.#help.open) {
      if (command.kind === 'clear' || (command.kind === 'action' && command.action === 'help'))
        this.#help.toggle();
      return;
    }
    if (command.kind === 'action') this.#act(command.action);
    else if (command.kind === 'clear') this.#clear();
    else if (command.kind === 'brush') this.#selectByKey({ type: 'brushMove', move: command.move });
    else this.#selectByKey({ type: 'move', move: command.move });
  }

  #act(action: PanelAction): void {
    switch (action) {
      case 'choose':
        this.#overrideFocused('chosen');
        return;
      case 'reject':
        this.#overrideFocused('rejected');
        return;
      case 'undo':
        this.#takeBack('undo');
        return;
      case 'redo':
        this.#takeBack('redo');
        return;
      case 'next':
        this.#navigate(1);
        return;
      case 'previous':
        this.#navigate(-1);
        return;
      case 'toggleOrder':
        this.#dispatch({ type: 'toggleOrder' });
        this.#say(`Ordered by ${this.#state.order}.`);
        return;
      case 'toggleTable':
        this.#dispatch({ type: 'toggleTable' });
        this.#say(this.#state.table ? 'Table of utilities.' : 'Heatmap.');
        return;
      case 'toggleScorers':
        this.#say(this.#scorers.toggle());
        return;
      case 'zoomIn':
        this.#zoom('in');
        return;
      case 'zoomOut':
        this.#zoom('out');
        return;
      case 'zoomWhole':
        this.#zoom('whole');
        return;
      case 'nextAnswer':
        this.#filterByNextAnswer();
        return;
      case 'help':
        this.#help.toggle();
    }
  }

  /** What is marked goes first, then the focus. */
  #clear(): void {
    if (this.#state.brush !== null) this.#dispatch({ type: 'brush', region: null });
    else this.#selectByKey({ type: 'select', selection: null });
  }

  #zoom(direction: 'in' | 'out' | 'whole'): void {
    this.#dispatch({ type: 'zoom', direction });
    const shown = shownSentence(this.#state);
    this.#say(shown === '' ? 'All of the heatmap.' : shown);
  }

  /** After the last answer comes all of them again. */
  #filterByNextAnswer(): void {
    const { question, filter } = this.#state;
    const clusters = question?.answers?.clusters ?? [];
    const next = clusters[clusters.findIndex(({ key }) => key === filter) + 1];
    this.#filter(next?.key ?? null);
  }

  #filter(answer: string | null): void {
    this.#dispatch({ type: 'filter', answer });
    const { question, rows } = this.#state;
    const label = question?.answers?.clusters.find(({ key }) => key === answer)?.label;
    this.#say(
      label === undefined ? 'All answers.' : `Only the ${rows.length} rows that answer ${label}.`,
    );
  }

  #save(format: SaveFormat): void {
    const { question, columns } = this.#state;
    const { picture } = this.#map;
    if (question === null || picture === null) return;
    const data = heatmapFile(format, picture, question, columns);
    this.#request((questionId) => ({ type: 'save', questionId, format, data }));
  }

  #select(row: number, column: number | null): void {
    this.#selectByKey({ type: 'select', selection: { row, column } });
  }

  #selectByKey(event: PanelEvent): void {
    this.#dispatch(event);
    this.#say(focusSentence(this.#state));
  }

  #overrideFocused(side: Side): void {
    const { selection } = this.#state;
    if (selection === null)
      this.#notice.hint('Select a row first, with the arrow keys or the mouse.');
    else this.#override(side, selection.row);
  }

  #override(side: Side, index: number): void {
    const { question, order } = this.#state;
    if (question === null) return;
    const override = overrideFor(question, side, index);
    if (!override.ok) {
      this.#notice.hint(override.why);
      return;
    }
    const reason = this.#pairLine.reason();
    this.#request(
      (questionId) => ({
        type: 'override',
        questionId,
        ...override.sides,
        ...(reason === undefined ? {} : { reason }),
        order,
      }),
      () => {
        this.#pairLine.clearReason();
      },
    );
  }

  #takeBack(type: 'undo' | 'redo'): void {
    const { question } = this.#state;
    if (question === null) return;
    const possible = type === 'undo' ? question.canUndo : question.canRedo;
    if (question.readOnly !== null) this.#notice.hint(`Nothing was changed: ${question.readOnly}`);
    else if (possible) this.#request((questionId) => ({ type, questionId }));
    else this.#say(`Nothing to ${type}.`);
  }

  #navigate(by: 1 | -1): void {
    const { question } = this.#state;
    if (question === null) return;
    const { at, of, view } = question.position;
    // In a view the editor knows whether there is another one now.
    if (view === null && at > 0 && (at + by < 1 || at + by > of))
      this.#say(by > 0 ? 'This is the last question.' : 'This is the first question.');
    else this.#goOn(question, by);
  }

  /** Shows the next question before the editor has answered, where it was sent in advance. */
  #goOn(from: PanelQuestion, by: 1 | -1): void {
    const next = by > 0 ? this.#next : undefined;
    this.#next = undefined;
    if (next) {
      this.#ahead = next.questionId;
      this.#showQuestion(next);
    }
    void this.#host.request({ type: 'navigate', by }).then((result) => {
      if (this.#ahead === next?.questionId) this.#ahead = undefined;
      if (result.ok) return;
      if (next) this.#showQuestion(from);
      this.#notice.show(result.message);
    });
  }

  #receiveQuestion(question: PanelQuestion): void {
    // Sent before the editor knew that the reviewer went on.
    if (this.#ahead !== undefined && question.questionId !== this.#ahead) return;
    this.#showQuestion(question);
  }

  #request(body: (questionId: string) => PanelRequest, done?: () => void): void {
    const { question } = this.#state;
    if (question === null) return;
    void this.#host.request(body(question.questionId)).then((result) => {
      if (!result.ok) {
        this.#notice.show(result.message);
        return;
      }
      this.#notice.clear();
      done?.();
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

function changeSentence(before: PanelQuestion, after: PanelQuestion): string {
  const known = new Set(before.decisions.map((decision) => decision.id));
  const made = after.decisions
    .filter((decision) => !known.has(decision.id))
    .map(({ text }) => text);
  return [...made, pairSentence(after)].join('. ');
}
