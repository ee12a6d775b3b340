import { wordsInCommon } from './likeness.ts';
import { wordsOf } from './textSpans.ts';

/** A step of a plan or its carrying out, or a paragraph: its text as it stands, line breaks within it included. */
export interface Step {
  /** As written, "2" of "Step 2."; null for a paragraph without a number. */
  number: number | null;
  text: string;
}

/** Steps that stand beside each other; null where the other text has none for it. */
export interface StepRow {
  left: Step | null;
  right: Step | null;
}

const NUMBERED = /^[\s#>*_-]*(?:step\s+)?(\d{1,2})\s*[.):\u3001](?=[\s*_]|$)/iu;
/** Paragraphs with fewer words in common are not the same step. */
const LEAST_LIKE = 0.2;

/** Pairs of steps that are looked at; texts with more, as of a model that repeats itself, stand level from their beginnings. */
const MOST_PAIRS = 250_000;

/** Numbered lines begin steps, blank lines end paragraphs. Joined with line breaks the steps are the text again. */
export function stepsOf(text: string): Step[] {
  const steps: Step[] = [];
  let blank = true;
  for (const line of text.split('\n')) {
    const number = NUMBERED.exec(line)?.[1];
    const last = steps.at(-1);
    const isBlank = line.trim() === '';
    if (last === undefined || number !== undefined || (blank && !isBlank))
      steps.push({ number: number === undefined ? null : Number(number), text: line });
    else last.text += `\n${line}`;
    blank = isBlank;
  }
  return steps;
}

/**
 * Sets the steps of two texts beside each other, in the order of both: the pairing with the most likeness in sum, where
 * steps of the same number are as alike as equal ones. Headings go with headings, and where texts end with a paragraph the
 * ends stand level: that two answers differ is to be seen there.
 */
export function alignedSteps(left: readonly Step[], right: readonly Step[]): StepRow[] {
  if (left.length * right.length > MOST_PAIRS)
    return Array.from({ length: Math.max(left.length, right.length) }, (_, at) => ({
      left: left[at] ?? null,
      right: right[at] ?? null,
    }));
  const width = right.length + 1;
  const leftWords = left.map(({ text }) => wordsOf(text));
  const rightWords = right.map(({ text }) => wordsOf(text));
  const likeness = (i: number, j: number): number => {
    const [a, b] = [left[i], right[j]];
    if (a === undefined || b === undefined) return 0;
    const words = wordsInCommon(leftWords[i] ?? new Set(), rightWords[j] ?? new Set());
    if (a.number !== null && a.number === b.number) return 1 + words;
    if (words >= LEAST_LIKE) return words;
    const bothEnd = i === left.length - 1 && j === right.length - 1;
    const bothPlain = a.number === null && b.number === null;
    const areHeadings = leftWords[i]?.size === 0 && rightWords[j]?.size === 0;
    return bothPlain && (bothEnd || areHeadings) ? LEAST_LIKE : 0;
  };
  const best = new Float64Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--) {
      const like = likeness(i, j);
      best[i * width + j] = Math.max(
        best[(i + 1) * width + j] ?? 0,
        best[i * width + j + 1] ?? 0,
        like > 0 ? like + (best[(i + 1) * width + j + 1] ?? 0) : 0,
      );
    }
  const rows: StepRow[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    const here = best[i * width + j] ?? 0;
    const like = likeness(i, j);
    const both = i < left.length && j < right.length;
    if (both && like > 0 && here === like + (best[(i + 1) * width + j + 1] ?? 0)) {
      rows.push({ left: left[i++] ?? null, right: right[j++] ?? null });
    } else if (j >= right.length || (both && here === (best[(i + 1) * width + j] ?? 0))) {
      rows.push({ left: left[i++] ?? null, right: null });
    } else rows.push({ left: null, right: right[j++] ?? null });
  }
  return rows;
}
