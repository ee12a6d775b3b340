import { normalizeAnswer } from '../evaluation/subEm.ts';

/** Answers that stand in nearly every text, so that finding them says nothing. */
const UNTELLING = new Set(['yes', 'no']);
/** A shorter answer is looked for as a whole word. */
const SHORTEST_PART = 3;

/**
 * Whether a document gives an answer away, compared as SubEM compares. Gold answers are used for nothing else in making
 * contexts.
 */
export function leakFilter(
  answers: readonly string[],
): (document: { title: string; text: string }) => boolean {
  const wanted = answers
    .map(normalizeAnswer)
    .filter((answer) => answer !== '' && !UNTELLING.has(answer))
    .map((answer) => (answer.length < SHORTEST_PART ? ` ${answer} ` : answer));
  if (wanted.length === 0) return () => false;
  return ({ title, text }) => {
    const normalized = ` ${normalizeAnswer(`${title}\n${text}`)} `;
    return wanted.some((answer) => normalized.includes(answer));
  };
}
