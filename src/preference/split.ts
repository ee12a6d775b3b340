import { seededRank } from '../random.ts';

/** How questions are parted into training and validation. */
export interface Split {
  /** Share of the questions that are set apart. */
  share: number;
  seed: number;
}

/**
 * The questions that are set apart for validation, at least one and never all. All pairs of a question stay on one side, and
 * so do questions in the same words. The order is drawn by seed and words alone, so that other questions do not change it.
 *
 * @returns ids; none where the share is 0 or there are fewer than two questions.
 */
export function validationQuestions(
  questions: readonly { id: string; question: string }[],
  { share, seed }: Split,
): Set<string> {
  const groups = new Map<string, string[]>();
  for (const { id, question } of questions) {
    const words = question.toLowerCase().replace(/\s+/g, ' ').trim();
    const group = groups.get(words);
    if (group) group.push(id);
    else groups.set(words, [id]);
  }
  const apart = new Set<string>();
  if (share <= 0 || groups.size < 2) return apart;
  const wanted = Math.max(1, Math.round(share * questions.length));
  const rank = seededRank(seed, 'validation');
  const drawn = [...groups].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  for (const [, ids] of drawn.slice(0, -1)) {
    if (apart.size >= wanted) break;
    for (const id of ids) apart.add(id);
  }
  return apart;
}
