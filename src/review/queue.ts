import { seededRank } from '../random.ts';
import type { QuestionFacts } from './questionFacts.ts';
import { matcher, workMatcher, type SortKey, type View, type ViewSort } from './view.ts';

export interface QueueOptions {
  /** The reviewer who looks. */
  me: string;
  seed: number;
  /** For views that name no rate of their own. */
  auditRate: number;
}

export interface Queue {
  ids: string[];
  /** Those mixed in at random: the view did not ask for them. */
  audit: ReadonlySet<string>;
}

/**
 * The questions of a view in its order, with an audit sample spread evenly among them, so that the queue is not only what
 * the view thinks is odd. The sample is drawn by seed and question alone: reviewing a question changes no other's lot.
 */
export function queue(
  facts: readonly QuestionFacts[],
  view: View,
  { me, seed, auditRate }: QueueOptions,
): Queue {
  const wanted = matcher(view.filter, me);
  const found: QuestionFacts[] = [];
  const others: QuestionFacts[] = [];
  for (const item of facts) (wanted(item) ? found : others).push(item);
  const ids = sortFacts(found, view.sort).map(({ id }) => id);

  const rate = view.audit ?? auditRate;
  const count = Math.round((ids.length * rate) / (1 - rate));
  if (count === 0) return { ids, audit: new Set() };
  const left = workMatcher(view.filter, me);
  const rank = seededRank(seed, 'audit');
  const drawn = others
    .filter(left)
    .map(({ id }) => ({ id, rank: rank(id) }))
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))
    .slice(0, count)
    .map(({ id }) => id);
  return { ids: interleaved(ids, drawn), audit: new Set(drawn) };
}

/** A sorted copy. What is not known comes last, whichever way is up. */
export function sortFacts(facts: readonly QuestionFacts[], sort: ViewSort): QuestionFacts[] {
  const sorted = facts.map((item) => ({ item, keys: sort.map(({ by }) => VALUES[by](item)) }));
  sorted.sort((a, b) => {
    for (const [at, { by, descending }] of sort.entries()) {
      const order = compared(a.keys[at], b.keys[at], by, descending);
      if (order !== 0) return order;
    }
    return a.item.place - b.item.place;
  });
  return sorted.map(({ item }) => item);
}

type SortValue = number | string | undefined;

// "q-9" before "q-10", and the same on every machine.
const byNumber = new Intl.Collator('en', { numeric: true });

function compared(a: SortValue, b: SortValue, by: SortKey, descending: boolean): number {
  if (a === b) return 0;
  if (a === undefined) return 1;
  if (b === undefined) return -1;
  const rising = by === 'id' ? byNumber.compare(String(a), String(b)) : a < b ? -1 : 1;
  return descending ? -rising : rising;
}

const VALUES: Record<SortKey, (facts: QuestionFacts) => SortValue> = {
  file: ({ place }) => place,
  id: ({ id }) => id,
  text: ({ question }) => question.toLowerCase(),
  margin: ({ margin }) => margin,
  spread: ({ spread }) => spread,
  entropy: ({ entropy }) => entropy,
  majority: ({ majority }) => majority,
  clusters: ({ clusters }) => clusters,
  length_gap: ({ lengthGap }) => lengthGap,
  truncated: ({ flaws }) => flaws.truncated,
  context_tokens: ({ contextTokens }) => contextTokens,
  reviewed: ({ reviewedBy }) => Number(reviewedBy.length > 0),
  overridden: ({ overriddenBy }) => Number(overriddenBy.length > 0),
  flagged: ({ flaggedBy }) => Number(flaggedBy.length > 0),
  // Those of the same reviewers stand together; those of nobody come last.
  reviewer: ({ reviewedBy }) =>
    reviewedBy.length > 0 ? reviewedBy.toSorted().join(', ') : undefined,
};

/** Spreads the second list evenly over the first. */
function interleaved(ids: readonly string[], drawn: readonly string[]): string[] {
  const total = ids.length + drawn.length;
  const result: string[] = [];
  let used = 0;
  for (let place = 0; place < total; place++) {
    const due = Math.floor(((place + 1) * drawn.length) / total);
    const next = due > used ? drawn[used++] : ids[place - used];
    if (next !== undefined) result.push(next);
  }
  return result;
}
