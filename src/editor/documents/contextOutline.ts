/** A passage of a context; lines count from 0, both ends included. `startLine` is its `Passage {i}:` line. */
export interface Passage {
  number: number;
  title: string;
  startLine: number;
  endLine: number;
}

/**
 * The passages of a context, found by their `Passage {i}:` lines. Only the next number in turn starts a passage, so that
 * such a line inside a passage does not.
 *
 * @param titles of the documents, in their order; the line after the heading stands in where one is missing or empty.
 */
export function contextOutline(context: string, titles: readonly string[] = []): Passage[] {
  const lines = context.split(/\r\n|\r|\n/);
  const passages: Passage[] = [];
  let number = 1;
  for (const [line, text] of lines.entries()) {
    if (text.trim() !== `Passage ${number}:`) continue;
    const last = passages.at(-1);
    if (last) last.endLine = line - 1;
    const given = titles[number - 1]?.trim();
    const title =
      given === undefined || given === '' ? (lines[line + 1] ?? '').trim().slice(0, 80) : given;
    passages.push({ number, title, startLine: line, endLine: lines.length - 1 });
    number += 1;
  }
  return passages;
}
