/** The length of well-formed text in Unicode code points. */
export function codePoints(text: string): number {
  return text.length - (text.match(/[\uD800-\uDBFF]/g)?.length ?? 0);
}

/** The parts of a text that spans name, in their order; `start` and `end` count code points, as records do. */
export function spanTexts(
  text: string,
  spans: readonly { start: number; end: number }[],
): string[] {
  // Without pairs of surrogates, code points are the units of the string.
  if (codePoints(text) === text.length)
    return spans.map(({ start, end }) => text.slice(start, end));
  const points = Array.from(text);
  return spans.map(({ start, end }) => points.slice(start, end).join(''));
}
