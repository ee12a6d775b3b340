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
  const compare = sort.map(({ by, descending }) => comparison(by, descending));
  return [...facts].sort((a, b) => {
    for (const one of compare) {
      const order = one(a, b);
      if (order !== 0) return order;
    }
    return a.place - b.place;
  });
}

// "q-9" before "q-10", and the same on every machine.
const byId = new Intl.Collator('en', { numeric: true });

function comparison(
  by: SortKey,
  descending: boolean,
): (a: QuestionFacts, b: QuestionFacts) => number {
  const sign = descending ? -1 : 1;
  if (by === 'id') return (a, b) => sign * byId.compare(a.id, b.id);
  const value = VALUES[by];
  return (a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === right) return 0;
    if (left === undefined) return 1;
    return right === undefined ? -1 : sign * (left - right);
  };
}

const VALUES: Record<Exclude<SortKey, 'id'>, (facts: QuestionFacts) => number | undefined> = {
  file: ({ place }) => place,
  margin: ({ margin }) => margin,
  spread: ({ spread }) => spread,
  entropy: ({ entropy }) => entropy,
  majority: ({ majority }) => majority,
  clusters: ({ clusters }) => clusters,
  length_gap: ({ lengthGap }) => lengthGap,
  truncated: ({ flaws }) => flaws.truncated,
  context_tokens: ({ contextTokens }) => contextTokens,
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
