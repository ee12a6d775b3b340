import type { SortKey, View, ViewFilter, ViewSort } from '../../review/view.ts';
import type { ActiveView } from './activeView.ts';
import { isPlain } from './activeView.ts';

/** What a view is called: its title, its name, or what it does. */
export function viewTitle(active: ActiveView): string {
  const { name, view } = active;
  return view.title ?? name ?? (isPlain(active) ? 'all questions' : viewWords(view));
}

/** What a view does: "margin up to 0.05, not reviewed by me; by margin; 10 % at random". */
export function viewWords({ filter, sort, audit }: View): string {
  const parts = [
    filterWords(filter).join(', ') || 'all questions',
    ...(sort.length > 0 ? [sortWords(sort)] : []),
    ...(audit === undefined || audit === 0 ? [] : [`${percent(audit)} at random`]),
  ];
  return parts.join('; ');
}

const SORT_WORDS: Record<SortKey, string> = {
  file: 'order of the file',
  id: 'id',
  margin: 'margin',
  spread: 'score spread',
  entropy: 'entropy of the answers',
  majority: 'share of the majority answer',
  clusters: 'number of answers',
  length_gap: 'length gap',
  truncated: 'number of truncated samples',
  context_tokens: 'length of the context',
  text: 'text of the question',
  reviewed: 'whether it is reviewed',
  overridden: 'whether it is overridden',
  flagged: 'whether it is flagged',
  reviewer: 'who reviewed it',
};

/** What comes first, rising and falling, where that is no matter of size. */
const FIRST_WORDS: Partial<Record<SortKey, readonly [string, string]>> = {
  id: ['in order', 'last first'],
  text: ['from A', 'from Z'],
  reviewed: ['unreviewed first', 'reviewed first'],
  overridden: ['others first', 'overridden first'],
  flagged: ['others first', 'flagged first'],
  reviewer: ['by name', 'by name, last first'],
};

/** One order, for a list of them: "Margin, smallest first". */
export function sortTitle({ by, descending }: ViewSort[number]): string {
  const [rising, falling] = FIRST_WORDS[by] ?? ['smallest first', 'largest first'];
  const words = SORT_WORDS[by];
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}, ${descending ? falling : rising}`;
}

export function sortWords(sort: ViewSort): string {
  return `by ${sort
    .map(({ by, descending }) => {
      const words = FIRST_WORDS[by];
      const falling = words ? `, ${words[1]}` : ', largest first';
      return `${SORT_WORDS[by]}${descending ? falling : ''}`;
    })
    .join(', then by ')}`;
}

/** Ranges of a filter, with what a person calls them. */
export const RANGE_WORDS = {
  margin: 'margin',
  spread: 'score spread',
  entropy: 'entropy of the answers',
  majority: 'share of the majority answer',
  clusters: 'number of answers',
  length_gap: 'length gap',
  context_tokens: 'tokens of context',
} as const satisfies Partial<Record<keyof ViewFilter, string>>;
export type RangeKey = keyof typeof RANGE_WORDS;

/** Conditions that hold or do not, in words for both. */
export const FLAG_WORDS = {
  minority_chosen: ['chosen is not the majority answer', 'chosen is the majority answer'],
  same_answer: ['chosen and rejected answer alike', 'chosen and rejected answer differently'],
  unclear: ['with unclear answers', 'every answer clear'],
  truncated: ['with truncated samples', 'no sample truncated'],
  pair_truncated: ['chosen or rejected truncated', 'pair not truncated'],
  duplicates: ['with duplicates', 'without duplicates'],
  empty: ['with empty samples', 'no sample empty'],
  failed: ['with failed samples', 'no sample failed'],
  refused: ['with refusals', 'without refusals'],
  overridden: ['overridden', 'not overridden'],
  flagged: ['flagged', 'not flagged'],
  noted: ['with notes', 'without notes'],
  disputed: ['in dispute', 'not in dispute'],
  left_out: ['without a pair', 'with a pair'],
  reviewed: ['reviewed', 'not reviewed'],
  outdated: ['reviewed before the pair changed', 'no outdated review'],
  skipped: ['skipped', 'not skipped'],
} as const satisfies Partial<Record<keyof ViewFilter, readonly [string, string]>>;
export type FlagKey = keyof typeof FLAG_WORDS;

export const RANGE_KEYS = Object.keys(RANGE_WORDS).filter(
  (key): key is RangeKey => key in RANGE_WORDS,
);
export const FLAG_KEYS = Object.keys(FLAG_WORDS).filter((key): key is FlagKey => key in FLAG_WORDS);

export function filterWords(filter: ViewFilter): string[] {
  return [
    ...(filter.text ? [`"${filter.text}"`] : []),
    ...RANGE_KEYS.flatMap((key) => {
      const range = filter[key];
      return range === undefined ? [] : [`${RANGE_WORDS[key]} ${rangeWords(range)}`];
    }),
    ...FLAG_KEYS.flatMap((key) => {
      const wanted = filter[key];
      return wanted === undefined ? [] : [FLAG_WORDS[key][wanted ? 0 : 1]];
    }),
    ...(filter.reviewed_by === undefined ? [] : [`reviewed by ${filter.reviewed_by}`]),
    ...(filter.not_reviewed_by === undefined ? [] : [`not reviewed by ${filter.not_reviewed_by}`]),
  ];
}

export function rangeWords({
  min,
  max,
}: {
  min?: number | undefined;
  max?: number | undefined;
}): string {
  if (min !== undefined && max !== undefined)
    return min === max ? `${min}` : `from ${min} to ${max}`;
  if (max !== undefined) return `up to ${max}`;
  return min === undefined ? 'known' : `${min} or more`;
}

/**
 * A range as a person writes it: "0.05" or "-0.05" is up to that, "0.1-0.5" or "0.1..0.5" from the one to the other, ">0.5"
 * that or more, "=3" just that; undefined where it is none of these.
 */
export function parseRange(text: string): { min?: number; max?: number } | undefined {
  const trimmed = text.trim();
  const number = '([+-]?\\d+(?:\\.\\d+)?)';
  const match = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll('N', number).replaceAll(' ', '\\s*')}$`).exec(trimmed);
  const between = match('N (?:\\.\\.|-|–|to) N');
  if (between) {
    const [min, max] = [Number(between[1]), Number(between[2])];
    return min <= max ? { min, max } : undefined;
  }
  const least = match('>=? N') ?? match('N \\.\\.');
  if (least) return { min: Number(least[1]) };
  const just = match('= N');
  if (just) return { min: Number(just[1]), max: Number(just[1]) };
  const most = match('(?:<=?|\\.\\.)? N');
  return most ? { max: Number(most[1]) } : undefined;
}

export function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
