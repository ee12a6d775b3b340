/** Marks ranges of the page without touching its elements (CSS Custom Highlights; the style sheet says how). */
export function paint(name: string, ranges: readonly Range[]): void {
  if (ranges.length === 0) CSS.highlights.delete(name);
  else CSS.highlights.set(name, new Highlight(...ranges));
}
