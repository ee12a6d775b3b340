import type { PanelQuestion, PanelTrajectory } from '../../src/protocol/panel.ts';

/** `#07`: as many digits as the question's largest index has, at least two, so that labels line up. */
export function indexLabel(question: PanelQuestion, index: number): string {
  const largest = question.trajectories.reduce(
    (most, { index: other }) => Math.max(most, other),
    10,
  );
  return `#${String(index).padStart(String(largest).length, '0')}`;
}

/** Scores and utilities with three decimals; an en dash where there is none. */
export function decimal(value: number | null): string {
  return value === null ? '\u2013' : value.toFixed(3).replace(/^-/, '\u2212');
}

/** A difference with its sign. */
export function signed(value: number): string {
  const size = wholeNumber(Math.abs(value));
  return value > 0 ? `+${size}` : value < 0 ? `\u2212${size}` : '0';
}

export function wholeNumber(value: number): string {
  return value.toLocaleString('en');
}

/** What is wrong with a sample in a few words, or null. */
export function flaw(trajectory: PanelTrajectory, question: PanelQuestion): string | null {
  const { flaws, failed, score, scoredInPart } = trajectory;
  if (flaws.length > 0) {
    const inPart = scoredInPart && !failed ? ['scored in part'] : [];
    return [...flaws, ...inPart].join(', ');
  }
  if (score === null) return needsNoScore(question) ? null : 'not scored';
  return scoredInPart ? 'scored in part' : null;
}

/** Hidden, or a dataset said the sides: then a sample lacks nothing without a score. */
function needsNoScore({ blind, scorer, pair }: PanelQuestion): boolean {
  return blind || (scorer === null && pair.source === 'dataset');
}

/** Of an answer that is a whole sentence. */
const MOST_ANSWER = 48;

/** "answers Thomas Wye", as it is worded there; null where no answer was found. */
export function answerWords({ wording, cluster }: PanelTrajectory): string | null {
  // What only a weak rule found, and nobody else says, is in no cluster.
  if (wording === null || cluster === null) return null;
  const cut =
    wording.length > MOST_ANSWER ? `${beginningOf(wording, MOST_ANSWER - 1)}\u2026` : wording;
  return `answers \u201c${cut}\u201d`;
}

/** The beginning of a text; never half of a character beyond the first plane. */
export function beginningOf(text: string, characters: number): string {
  return text
    .trimStart()
    .slice(0, characters)
    .replace(/[\uD800-\uDBFF]$/u, '');
}
