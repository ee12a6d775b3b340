/** One question as a reviewer found it: how sure the method was, and whether its pair stood. */
export interface Judged {
  /** Of the policy's own pair. */
  margin: number;
  reviewed: boolean;
  /** Whether reviewers put another pair, or none, in the place of the policy's. */
  changed: boolean;
}

export interface MarginBand {
  from: number;
  to: number;
  questions: number;
  reviewed: number;
  changed: number;
}

/**
 * How often reviewers disagree with the method, by how sure the method was: bands of the policy's margin that hold equally
 * many questions of the study. Where scores mean something, the share changed falls from band to band.
 */
export function marginBands(judged: readonly Judged[], bands = 5): MarginBand[] {
  const sorted = judged.toSorted((a, b) => a.margin - b.margin);
  const count = Math.min(bands, sorted.length);
  return Array.from({ length: count }, (_, band) => {
    const start = Math.round((band * sorted.length) / count);
    const end = Math.round(((band + 1) * sorted.length) / count);
    const inBand = sorted.slice(start, end);
    const reviewed = inBand.filter((one) => one.reviewed);
    return {
      from: inBand[0]?.margin ?? 0,
      to: inBand.at(-1)?.margin ?? 0,
      questions: inBand.length,
      reviewed: reviewed.length,
      changed: reviewed.filter((one) => one.changed).length,
    };
  });
}
