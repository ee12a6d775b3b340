import type { SETTLE_RULES } from '../study/config.ts';
import type { Verdict } from './decisions.ts';

/** How a study settles what its reviewers do not agree on. */
export interface Settlement {
  rule: (typeof SETTLE_RULES)[number];
  lead?: string | undefined;
}

/** What one reviewer makes of a question: their own decisions alone, on top of the policy. */
export interface Opinion {
  reviewer: string;
  /** Null where the reviewer leaves the question out. */
  pair: { chosen: number | undefined; rejected: number | undefined } | null;
  /** The reviewer's verdict on the policy's pair. */
  verdict: OpinionVerdict;
  own: Verdict;
  at: string;
}

/** What can become of the policy's pair: categories for agreement between reviewers. */
export const OPINION_VERDICTS = ['keep', 'swap', 'change', 'leave_out'] as const;
export type OpinionVerdict = (typeof OPINION_VERDICTS)[number];

/** Whether opinions come to different pairs. */
export function areDisputed(opinions: readonly Opinion[]): boolean {
  return new Set(opinions.map(pairKey)).size > 1;
}

/**
 * The opinion that counts: any where all come to the same pair, else that of the majority (more than half) or of the lead.
 *
 * @returns undefined where there is none: no majority, or the lead has not decided.
 */
export function settled(
  opinions: readonly Opinion[],
  { rule, lead }: { rule: Exclude<Settlement['rule'], 'latest'>; lead?: string | undefined },
): Opinion | undefined {
  if (!areDisputed(opinions)) return latest(opinions);
  switch (rule) {
    case 'leave_out':
      return undefined;
    case 'lead':
      return opinions.find(({ reviewer }) => reviewer === lead);
    case 'majority': {
      const likeThis = (opinion: Opinion) =>
        opinions.filter((other) => pairKey(other) === pairKey(opinion));
      return latest(opinions.filter((each) => likeThis(each).length * 2 > opinions.length));
    }
  }
}

function latest(opinions: readonly Opinion[]): Opinion | undefined {
  return opinions.reduce<Opinion | undefined>(
    (last, opinion) => (last && last.at > opinion.at ? last : opinion),
    undefined,
  );
}

function pairKey({ pair }: Opinion): string {
  return pair === null ? 'none' : `${pair.chosen} ${pair.rejected}`;
}
