import type { PanelQuestion } from '../../src/protocol/panel.ts';
import { answerWords, decimal, flaw, indexLabel, wholeNumber } from './format.ts';
import { byWhom, marksOf, SIDES } from './marks.ts';
import type { Selection } from './selection.ts';
import type { PanelState } from './state.ts';
import { utilityOf } from './utilities.ts';

/** The pair in one sentence, for the live region. */
export function pairSentence(question: PanelQuestion): string {
  const { pair } = question;
  const parts = SIDES.flatMap((side) => {
    const choice = pair[side];
    if (choice === null) return [];
    const replaced = pair.policy[side];
    const was =
      replaced === null || replaced === choice.index
        ? ''
        : ` in place of the ${pair.source}'s ${indexLabel(question, replaced)}`;
    const score = decimal(scoreOf(question, choice.index));
    return [
      `${side} ${indexLabel(question, choice.index)} ${score} by ${byWhom(choice, question.reviewer)}${was}`,
    ];
  });
  if (pair.margin !== null) parts.push(`margin ${decimal(pair.margin)}`);
  if (pair.disputed.length > 0)
    parts.push(
      `in dispute: ${pair.disputed.map(({ reviewer, made }) => `${reviewer} ${made}`).join(', ')}`,
    );
  if (pair.leftOut !== null) parts.push(`left out: ${pair.leftOut}`);
  return parts.length === 0 ? 'No pair yet.' : `${capital(parts.join(', '))}.`;
}

/** What was decided since, and the pair as it is now. */
export function changeSentence(before: PanelQuestion, after: PanelQuestion): string {
  const known = new Set(before.decisions.map((decision) => decision.id));
  const made = after.decisions
    .filter((decision) => !known.has(decision.id))
    .map(({ text }) => text);
  return [...made, pairSentence(after)].join('. ');
}

export function questionSentence(question: PanelQuestion): string {
  const position = positionText(question.position);
  return `Question ${question.questionId}, ${position}. ${question.question} ${pairSentence(question)}`;
}

/** "12 of 214 in “small margin”" */
export function positionText({ at, of, view }: PanelQuestion['position']): string {
  const where = view === null ? '' : ` in “${view.title}”`;
  if (at === 0) return `not among the ${wholeNumber(of)}${where}`;
  return `${wholeNumber(at)} of ${wholeNumber(of)}${where}${view?.audit === true ? ', at random' : ''}`;
}

/** The focused cell or row in one sentence, for the live region. */
export function focusSentence(state: PanelState): string {
  const { question, selection } = state;
  if (question === null) return '';
  if (selection === null) return `No cell selected. ${pairSentence(question)}`;
  const row = `Row ${trajectoryWords(question, selection.row)}`;
  const rank = `, ${state.rows.indexOf(selection.row) + 1} of ${state.rows.length} by ${state.order}`;
  if (selection.column === null) return `${row}${rank}.`;
  const utility = cellUtility(state, selection.row, selection.column);
  const value = utility === null ? 'no utility' : `utility ${decimal(utility)}`;
  return `${row}; column ${trajectoryWords(question, selection.column)}; ${value}.`;
}

/** The line under the heatmap: i, j and u(i, j) of a cell, or a row and its score. */
export function readout(state: PanelState, at: Selection): string {
  const { question } = state;
  if (question === null) return '';
  const i = indexLabel(question, at.row);
  if (at.column === null) return `i = ${i}   score ${decimal(scoreOf(question, at.row))}`;
  const j = indexLabel(question, at.column);
  return `i = ${i}   j = ${j}   u(i, j) = ${decimal(cellUtility(state, at.row, at.column))}`;
}

/** Which part of the heatmap is shown; empty where it is all of it. */
export function shownSentence({ zoom, rows, columns, filter }: PanelState): string {
  const part = (name: string, span: { from: number; to: number }, count: number): string =>
    span.to - span.from === count
      ? `all ${count} ${name}s`
      : `${name}s ${span.from + 1}\u2013${span.to} of ${count}`;
  if (zoom !== null)
    return `${part('row', zoom.rows, rows.length)}, ${part('column', zoom.columns, columns.length)}`;
  return filter === null ? '' : `${rows.length} of ${columns.length} rows`;
}

/** Where no utility differs from another, what that may come from; else empty. */
export function alikeSentence({ question, utilities }: PanelState): string {
  const samples = question?.matrix?.indices.length ?? 0;
  if (utilities === null || samples < 2 || utilities.low !== utilities.high) return '';
  const scorer = question?.scorer ?? '';
  const alike = `Every utility is ${decimal(utilities.low)}: ${scorer} tells none of these samples from another.`;
  return utilities.low === 0 && scorer === 'mbr_rouge'
    ? `${alike} ROUGE counts only words of the letters a to z and digits: texts in other scripts need another scorer.`
    : alike;
}

export function cellUtility(state: PanelState, row: number, column: number): number | null {
  return utilityOf(state.question?.matrix ?? null, row, column);
}

export function scoreOf(question: PanelQuestion, index: number): number | null {
  return question.trajectories.find((trajectory) => trajectory.index === index)?.score ?? null;
}

function trajectoryWords(question: PanelQuestion, index: number): string {
  const trajectory = question.trajectories.find((candidate) => candidate.index === index);
  const words = [indexLabel(question, index)];
  const score = trajectory?.score ?? null;
  if (score !== null) words.push(`score ${decimal(score)}`);
  for (const mark of marksOf(question.pair, index, question.reviewer)) {
    words.push(
      mark.replaced ? `the ${mark.by}'s ${mark.side}, replaced` : `${mark.side} by ${mark.by}`,
    );
  }
  const wrong = trajectory === undefined ? null : flaw(trajectory, question);
  if (wrong !== null) words.push(wrong);
  const answer = trajectory && answerWords(trajectory);
  if (answer) words.push(answer);
  return words.join(' ');
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
