/** Marks of Markdown, and a question that is quoted: phrases go on over them. */
const UNSPOKEN = /[*_`]+|["“][^"“”\n]{1,300}\?["”]\s*/g;

/** A text as it is read aloud, so that "**Final answer**:" is the phrase "final answer:". */
export interface SpokenText {
  text: string;
  /** Where the unit at a place of `text` stands in what it was made of. */
  placeOf: (place: number) => number;
}

export function spokenText(written: string): SpokenText {
  const gaps: { from: number; to: number; at: number }[] = [];
  let text = '';
  let next = 0;
  for (const { 0: mark, index } of written.matchAll(UNSPOKEN)) {
    text += written.slice(next, index);
    next = index + mark.length;
    gaps.push({ from: index, to: next, at: text.length });
  }
  if (gaps.length === 0) return { text: written, placeOf: (place) => place };
  const placeOf = (place: number) => {
    const gap = gaps.findLast(({ at }) => at <= place);
    return gap ? gap.to + place - gap.at : place;
  };
  return { text: text + written.slice(next), placeOf };
}
