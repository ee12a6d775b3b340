import type {
  PanelAction,
  PanelQuestion,
  PanelRequest,
  RowOrder,
  SaveFormat,
} from '../../src/protocol/panel.ts';
import { element } from '../element.ts';
import { applyAccents, onThemeChange, readTheme } from '../theme.ts';
import { AnswersLine } from './answersLine.ts';
import { EffectLine } from './effectLine.ts';
import { EntryLine } from './entryLine.ts';
import { Footer } from './footer.ts';
import { layoutFor } from './geometry.ts';
import { Header } from './header.ts';
import type { HeatmapPicture } from './heatmapPicture.ts';
import { Help } from './help.ts';
import type { KeyNames } from './keyNames.ts';
import { MapView } from './mapView.ts';
import type { Side } from './marks.ts';
import { Notice } from './notice.ts';
import { PairLine } from './pairLine.ts';
import { Reading } from './reading.ts';
import { ReasonField } from './reasonField.ts';
import type { Region } from './region.ts';
import { ScorerComparison } from './scorerComparison.ts';
import { ScoreBars } from './scoreBars.ts';
import type { Selection } from './selection.ts';
import { Splitter } from './splitter.ts';
import type { PanelState } from './state.ts';
import { UtilityTable } from './utilityTable.ts';
import { VerdictBar } from './verdictBar.ts';

/** As in the style sheet: what the score list keeps of a wrapped panel; it takes what the heatmap leaves. */
const LEAST_LIST_PX = 236;
/** Share of a wide panel's width that the heatmap may take. */
const MAP_SHARE = 0.34;

/** What the views ask of the panel. */
export interface ViewHandlers {
  state: () => PanelState;
  request: (body: (questionId: string) => PanelRequest, refused?: () => void) => void;
  say: (sentence: string) => void;
  onAction: (action: PanelAction) => void;
  onOrder: (order: RowOrder) => void;
  onFilter: (answer: string | null) => void;
  onSelect: (selection: Selection | null) => void;
  onBrush: (region: Region) => void;
  onWhole: () => void;
  onSave: (format: SaveFormat) => void;
  onOverride: (side: Side, index: number) => void;
  onContext: (open: boolean) => void;
  onContextShare: (share: number) => void;
}

/** All that is seen of a question, kept level with the panel's state. */
export class PanelViews {
  readonly notice = new Notice();
  readonly effects = new EffectLine();
  readonly entry: EntryLine;
  readonly reason: ReasonField;
  readonly reading: Reading;
  readonly scorers: ScorerComparison;
  readonly help: Help;
  readonly #handlers: ViewHandlers;
  readonly #header: Header;
  readonly #answers: AnswersLine;
  readonly #pairLine = new PairLine();
  readonly #verdicts: VerdictBar;
  readonly #scores: ScoreBars;
  readonly #map: MapView;
  readonly #table: UtilityTable;
  readonly #splitter: Splitter;
  readonly #footer = new Footer();
  readonly #body: HTMLElement;
  readonly #waiting = element('p', { class: 'missing' }, 'Waiting for the question\u2026');
  #theme = readTheme();

  constructor(root: HTMLElement, keys: KeyNames, handlers: ViewHandlers) {
    this.#handlers = handlers;
    const { onAction, onOrder, onFilter, onSelect, onBrush, onWhole, onSave } = handlers;
    const onDone = () => {
      this.#focusMap();
    };
    const onRow = (row: number) => {
      onSelect({ row, column: null });
    };
    this.#header = new Header(keys, { onAction, onOrder, onDone });
    this.#answers = new AnswersLine({ onFilter });
    this.reason = new ReasonField(onDone);
    this.#verdicts = new VerdictBar(keys, onAction);
    this.entry = new EntryLine(onDone);
    this.#scores = new ScoreBars(onRow);
    this.#map = new MapView({ onSelect, onBrush, onWhole, onSave });
    this.#table = new UtilityTable(onSelect);
    this.reading = new Reading(keys, {
      state: handlers.state,
      request: handlers.request,
      say: handlers.say,
      onOverride: handlers.onOverride,
      onContext: handlers.onContext,
      onDone,
      hint: (message) => {
        this.notice.hint(message);
      },
    });
    this.#splitter = new Splitter(handlers.onContextShare);
    this.scorers = new ScorerComparison(onRow);
    this.help = new Help(keys);
    this.#body = element(
      'main',
      {},
      this.#scores.element,
      this.#map.element,
      this.#table.element,
      this.reading.texts.element,
    );
    root.classList.add('panel');
    root.replaceChildren(this.#waiting);
    applyAccents(this.#theme);
    onThemeChange(() => {
      this.#theme = readTheme();
      applyAccents(this.#theme);
      this.#layOut(handlers.state());
    });
    new ResizeObserver(() => {
      this.#layOut(handlers.state());
    }).observe(this.#body);
  }

  /** The heatmap as it is drawn; null where there is none. */
  get picture(): HeatmapPicture | null {
    return this.#map.picture;
  }

  /** Puts the views in the place of what is shown until the first question is there. */
  begin(): void {
    this.#waiting.replaceWith(
      this.#header.element,
      this.notice.element,
      this.#answers.element,
      element(
        'div',
        { class: 'pair-line' },
        this.#pairLine.element,
        this.#verdicts.element,
        this.reason.element,
      ),
      this.entry.element,
      this.effects.element,
      this.#body,
      this.scorers.element,
      this.#splitter.element,
      this.reading.context.element,
      this.#footer.element,
      this.help.element,
    );
  }

  /** Names the keys anew that are bound now. */
  renameKeys(question: PanelQuestion): void {
    this.#header.update(this.#handlers.state(), question);
    this.#verdicts.update(question);
  }

  /** Shows what is another now than it was. */
  update(before: PanelState, state: PanelState, question: PanelQuestion): void {
    const { table, selection } = state;
    const changed = before.question !== question;
    const sameRows =
      before.rows === state.rows &&
      before.utilities === state.utilities &&
      before.zoom === state.zoom &&
      !changed;
    if (!sameRows) {
      this.#scores.update(state, question);
      this.scorers.update(state.columns, question);
      this.#answers.update(state, question);
    }
    this.#header.update(state, question);
    if (changed) {
      this.#pairLine.update(question);
      this.#verdicts.update(question);
      this.reason.update(question);
      this.#footer.update(question);
    }
    this.effects.update(question, selection);
    if (changed || readingChanged(before, state)) this.reading.update(state, question, changed);

    this.#splitter.show(state.contextShare);
    this.#splitter.element.hidden = !state.context;
    this.#body.classList.toggle('as-table', table);
    const stale = !sameRows || !before.table || !this.#table.holds(selection);
    if (table && stale) this.#table.update(state, question);
    if (!sameRows || before.table !== table) this.#layOut(state);
    else this.#map.select(state);
    this.#scores.select(selection?.row ?? null);
    if (table) this.#table.select(selection);
  }

  /** Fits the heatmap into what the other parts leave, and the score list to the heatmap. */
  #layOut(state: PanelState): void {
    const { question, table } = state;
    if (question === null) return;
    const widthPx = this.#body.clientWidth;
    const layout = layoutFor(widthPx);
    document.body.dataset['layout'] = layout;
    if (table) return;
    const listPx = layout === 'stacked' ? 0 : LEAST_LIST_PX;
    // Wrapped, the texts stand below: half of the window is theirs.
    const halfPx = Math.max(260, Math.min(520, window.innerHeight / 2));
    const draw = (footPx: number) => {
      const space =
        layout === 'wide'
          ? { widthPx: widthPx * MAP_SHARE, heightPx: this.#body.clientHeight - footPx - 16 }
          : { widthPx: widthPx - listPx - 36, heightPx: layout === 'wrapped' ? halfPx : 520 };
      this.#scores.fit(layout, this.#map.draw(state, question, this.#theme, space));
    };
    let footPx = this.#map.footHeight();
    draw(footPx);
    // What stands under the heatmap is as wide as that: how it wraps, and what it says, is known only once it is drawn.
    for (let tries = 0; tries < 2 && this.#map.footHeight() > footPx; tries++) {
      footPx = this.#map.footHeight();
      draw(footPx);
    }
  }

  #focusMap(): void {
    const target = this.#handlers.state().table
      ? this.#table.element
      : this.#body.querySelector('.scores-list');
    if (target instanceof HTMLElement) target.focus();
  }
}

function readingChanged(before: PanelState, after: PanelState): boolean {
  return (
    before.selection !== after.selection ||
    before.compare !== after.compare ||
    before.context !== after.context ||
    before.rows !== after.rows
  );
}
