import { WORD_RUN, wordsOfRun } from './wordRuns.ts';

/** A run of text that both sides have, or one of them only. */
export interface DiffPart {
  kind: 'same' | 'left' | 'right';
  text: string;
}

/** Cells of the table that is filled; beyond, what lies between the common ends counts as wholly different. */
const MOST_CELLS = 4_000_000;

/** Pictures that are one to the eye: joined ones, flags, keys. */
const PICTURE = [
  '\\p{Extended_Pictographic}[\\p{Emoji_Modifier}\\uFE0F]*(?:\\u200D\\p{Extended_Pictographic}[\\p{Emoji_Modifier}\\uFE0F]*)*',
  '\\p{Regional_Indicator}{2}',
  '[0-9#*]\\uFE0F?\\u20E3',
].join('|');
const TOKEN = new RegExp(`${PICTURE}|${WORD_RUN}|\\s+|[^\\p{L}\\p{N}\\s]`, 'gu');

/** Words, and what stands between them, so that joined they are the text again. */
function tokens(text: string): string[] {
  return (text.match(TOKEN) ?? []).flatMap(wordsOfRun);
}

/**
 * Word diff by the longest common subsequence. The parts of kinds `same` and `left`, joined, are the left text, and those
 * of `same` and `right` the right one.
 */
export function wordDiff(leftText: string, rightText: string): DiffPart[] {
  const left = tokens(leftText);
  const right = tokens(rightText);
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start++;
  let [endLeft, endRight] = [left.length, right.length];
  while (endLeft > start && endRight > start && left[endLeft - 1] === right[endRight - 1]) {
    endLeft--;
    endRight--;
  }
  const parts: DiffPart[] = [];
  push(parts, 'same', left.slice(0, start));
  between(parts, left.slice(start, endLeft), right.slice(start, endRight));
  push(parts, 'same', left.slice(endLeft));
  return parts;
}

function between(parts: DiffPart[], left: readonly string[], right: readonly string[]): void {
  const width = right.length + 1;
  if (left.length * right.length > MOST_CELLS) {
    push(parts, 'left', left);
    push(parts, 'right', right);
    return;
  }
  // lengths[i * width + j]: of the longest common subsequence of what follows i and j.
  const lengths = new Uint16Array((left.length + 1) * width);
  for (let i = left.length - 1; i >= 0; i--)
    for (let j = right.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        left[i] === right[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      push(parts, 'same', [left[i] ?? '']);
      i++;
      j++;
    } else if (
      j >= right.length ||
      (i < left.length && (lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0))
    ) {
      push(parts, 'left', [left[i++] ?? '']);
    } else push(parts, 'right', [right[j++] ?? '']);
  }
}

/** Runs of one kind become one part. */
function push(parts: DiffPart[], kind: DiffPart['kind'], run: readonly string[]): void {
  const text = run.join('');
  if (text === '') return;
  const last = parts.at(-1);
  if (last?.kind === kind) last.text += text;
  else parts.push({ kind, text });
}
