import type { LengthBias, PairSetSummary } from '../../preference/pairStatistics.ts';
import type { PolicyPreviewSummary } from '../../preference/policyPreview.ts';
import type { PairPolicy } from '../../study/config.ts';

/** Mean SubEM x 100 of chosen and rejected; null where no pair has a gold answer. */
export interface SidesSubEm {
  chosen: number | null;
  rejected: number | null;
}

/** A parameter of the policy with what it is set to. */
export interface PolicyLine {
  key: keyof PairPolicy;
  label: string;
  value: string;
}

export const REJECTED_WORDS: Record<PairPolicy['rejected'], string> = {
  random_lower_half: 'at random from the lower half',
  lowest: 'the lowest score',
  quantile: 'at a quantile of the scores',
  other_cluster: 'at random from another final answer',
};

export function policyLines(policy: PairPolicy): PolicyLine[] {
  const rule =
    policy.rejected === 'quantile'
      ? `${REJECTED_WORDS.quantile} (${policy.quantile ?? 0.25})`
      : REJECTED_WORDS[policy.rejected];
  return [
    { key: 'rejected', label: 'Rejected', value: rule },
    { key: 'min_margin', label: 'Smallest margin', value: optional(policy.min_margin, 'any') },
    {
      key: 'max_length_ratio',
      label: 'Largest ratio of lengths',
      value: optional(policy.max_length_ratio, 'any'),
    },
    { key: 'drop', label: 'Passed over', value: (policy.drop ?? ['nothing']).join(', ') },
    { key: 'per_question', label: 'Pairs a question', value: String(policy.per_question ?? 1) },
    { key: 'seed', label: 'Seed', value: String(policy.seed) },
  ];
}

/** "37 questions get another pair, 4 lose theirs, 159 keep it" */
export function previewHeadline({ same, changed, gained, lost }: PolicyPreviewSummary): string {
  const parts = [
    ...(changed > 0 ? [`${changed} get another pair`] : []),
    ...(gained > 0 ? [`${gained} gain one`] : []),
    ...(lost > 0 ? [`${lost} lose theirs`] : []),
    `${same} keep it`,
  ];
  return changed + gained + lost === 0 ? 'No pair changes' : parts.join(', ');
}

/** What a policy does to the set of pairs: before and after, in words. */
export function previewLines(
  { before, after, flipped }: PolicyPreviewSummary,
  subEm?: { before: SidesSubEm; after: SidesSubEm } | null,
): { label: string; value: string }[] {
  const line = (label: string, of: (set: PairSetSummary) => string) => ({
    label,
    value: arrow(of(before), of(after)),
  });
  return [
    line('Pairs', ({ pairs }) => String(pairs)),
    line('Mean margin', ({ mean_margin }) => number(mean_margin, 3)),
    line('Length gap', ({ length }) => gapText(length)),
    line("Cohen's d of the lengths", ({ length }) => number(length?.cohens_d ?? null, 2)),
    line('Sides answer differently', ({ other_answer }) => share(other_answer)),
    { label: 'Flips between same and different answer', value: String(flipped) },
    ...(subEm
      ? (['chosen', 'rejected'] as const).map((side) => ({
          label: `SubEM of ${side}`,
          value: arrow(number(subEm.before[side], 1), number(subEm.after[side], 1)),
        }))
      : []),
  ];
}

function gapText(length: LengthBias | null): string {
  if (!length) return 'not known';
  const gap = length.mean_gap;
  return `${gap > 0 ? '+' : ''}${gap.toFixed(1)} ${length.unit}`;
}

function arrow(before: string, after: string): string {
  return before === after ? before : `${before} → ${after}`;
}

function number(value: number | null, digits: number): string {
  return value === null ? 'not known' : value.toFixed(digits);
}

function share(value: number | null): string {
  return value === null ? 'not known' : `${Math.round(value * 100)} %`;
}

function optional(value: number | undefined, none: string): string {
  return value === undefined ? none : String(value);
}
