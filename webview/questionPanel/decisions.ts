import type { PanelQuestion, PanelRequest, PanelVerdict } from '../../src/protocol/panel.ts';
import { answerLabel, UNCLEAR } from './answerFilter.ts';
import type { EntryLine } from './entryLine.ts';
import { indexLabel } from './format.ts';
import type { Side } from './marks.ts';
import { overrideFor } from './overrides.ts';
import type { ReasonField } from './reasonField.ts';
import type { PanelState } from './state.ts';

/** Answers that are offered in place of the one that was found. */
const MOST_LIKELY = 5;

export interface DecisionPorts {
  state: () => PanelState;
  /** Asks the editor; `refused` runs where it did not do it. */
  request: (body: (questionId: string) => PanelRequest, refused?: () => void) => void;
  /** Says why nothing was done, for as long as nothing else is. */
  hint: (message: string) => void;
  say: (sentence: string) => void;
  entry: EntryLine;
  reason: ReasonField;
}

/** Turns what the reviewer asks for into requests, or says why that cannot be. */
export class Decisions {
  readonly #ports: DecisionPorts;

  constructor(ports: DecisionPorts) {
    this.#ports = ports;
  }

  /** @param index of the trajectory; by default the focused row. */
  override(side: Side, index?: number): void {
    const { question, selection, order } = this.#ports.state();
    const row = index ?? selection?.row;
    if (question === null) return;
    if (row === undefined) {
      this.#ports.hint('Select a row first, with the arrow keys or the mouse.');
      return;
    }
    const override = overrideFor(question, side, row);
    if (!override.ok) {
      this.#ports.hint(override.why);
      return;
    }
    const { reason, back } = this.#ports.reason.take();
    this.#ports.request(
      (questionId) => ({
        type: 'override',
        questionId,
        ...override.sides,
        ...(reason === undefined ? {} : { reason }),
        order,
      }),
      back,
    );
  }

  judge(kind: 'agree' | 'swap' | 'both_bad' | 'skip'): void {
    const question = this.#writable();
    if (question === null) return;
    const { chosen, rejected, leftOut } = question.pair;
    const noPair = chosen === null || rejected === null;
    if (kind !== 'skip' && noPair && leftOut === null) {
      this.#ports.hint(
        question.blind
          ? 'Reviewed blind, the pair is yours to make: choose a row, and reject another.'
          : 'There is no pair to judge yet. Make a row chosen and another rejected.',
      );
      return;
    }
    this.#decideWithReason(kind);
  }

  flag(): void {
    const question = this.#writable();
    if (question === null) return;
    if (question.flagged) this.#decide({ kind: 'unflag' });
    else this.#decideWithReason('flag');
  }

  note(): void {
    if (this.#writable() === null) return;
    this.#ports.entry.ask({
      label: 'note',
      value: '',
      onEnter: (note) => {
        this.#decide({ kind: 'note', note });
      },
    });
  }

  /** Corrects the final answer that was found in the focused row. */
  correctAnswer(): void {
    const question = this.#writable();
    const { selection, trajectories } = this.#ports.state();
    if (question === null) return;
    if (selection === null) {
      this.#ports.hint('Select the row whose answer is wrong first.');
      return;
    }
    const index = selection.row;
    const found = trajectories.get(index)?.cluster ?? UNCLEAR;
    this.#ports.entry.ask({
      label: `answer of ${indexLabel(question, index)}`,
      value: found === UNCLEAR ? '' : answerLabel(question.answers, found),
      emptyMeans: 'it gives none',
      // To give the row to another answer is the most frequent correction.
      likely: (question.answers?.clusters ?? [])
        .filter(({ key }) => key !== found)
        .slice(0, MOST_LIKELY)
        .map(({ label }) => label),
      onEnter: (answer) => {
        this.#decide({ kind: 'answer', index, answer: answer === '' ? null : answer });
      },
    });
  }

  /** Says that the answer filtered by, or else the focused row's, or else the largest, is one with another. */
  mergeAnswers(): void {
    const question = this.#writable();
    if (question === null) return;
    const { filter, selection, trajectories } = this.#ports.state();
    const clusters = question.answers?.clusters ?? [];
    const focused = selection === null ? null : trajectories.get(selection.row)?.cluster;
    const wanted = filter ?? focused;
    const first = clusters.find(({ key }) => key === wanted) ?? clusters[0];
    const others = clusters.filter(({ key }) => key !== first?.key);
    if (first === undefined || others.length === 0) {
      this.#ports.hint('There is only one answer.');
      return;
    }
    this.#ports.entry.choose(
      `\u201c${first.label}\u201d is the same as`,
      others.map(({ key, label, count }) => ({ value: key, label: `${label} (${count})` })),
      (key) => {
        this.#decide({ kind: 'merge', answers: [first.label, answerLabel(question.answers, key)] });
      },
    );
  }

  /** Says that the focused row's wording of an answer is another answer than a wording that was taken for the same. */
  splitAnswer(): void {
    const question = this.#writable();
    if (question === null) return;
    const { selection, trajectories } = this.#ports.state();
    const focused = selection === null ? undefined : trajectories.get(selection.row);
    const wording = focused?.wording ?? null;
    if (focused === undefined || wording === null) {
      this.#ports.hint(
        focused === undefined
          ? 'Select the row that gives another answer first.'
          : 'No answer was found in this row. Write it with \u201ccorrect answer\u201d.',
      );
      return;
    }
    const counts = new Map<string, number>();
    for (const { cluster, wording: other } of trajectories.values())
      if (cluster === focused.cluster && other !== null && other !== wording)
        counts.set(other, (counts.get(other) ?? 0) + 1);
    if (counts.size === 0) {
      this.#ports.hint(
        `Every row of this answer says \u201c${wording}\u201d. Where one means another, correct its answer.`,
      );
      return;
    }
    this.#ports.entry.choose(
      `\u201c${wording}\u201d is not the same as`,
      [...counts].map(([value, count]) => ({ value, label: `${value} (${count})` })),
      (other) => {
        this.#decide({ kind: 'split', answers: [wording, other] });
      },
    );
  }

  takeBack(type: 'undo' | 'redo'): void {
    // The editor knows of a decision that the page has not heard of yet.
    if (this.#writable() !== null) this.#ports.request((questionId) => ({ type, questionId }));
  }

  #decideWithReason(kind: 'agree' | 'swap' | 'both_bad' | 'skip' | 'flag'): void {
    const { reason, back } = this.#ports.reason.take();
    this.#decide({ kind, ...(reason === undefined ? {} : { reason }) }, back);
  }

  #decide(decision: PanelVerdict, refused?: () => void): void {
    const { order } = this.#ports.state();
    this.#ports.request((questionId) => ({ type: 'decide', questionId, decision, order }), refused);
  }

  #writable(): PanelQuestion | null {
    const { question } = this.#ports.state();
    if (question === null) return null;
    if (question.readOnly === null) return question;
    this.#ports.hint(`Nothing was changed: ${question.readOnly}`);
    return null;
  }
}
