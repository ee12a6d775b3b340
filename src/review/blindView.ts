import type { SortKey, View, ViewFilter } from './view.ts';

const HIDDEN_CONDITIONS = [
  'margin',
  'spread',
  'minority_chosen',
  'disputed',
] as const satisfies readonly (keyof ViewFilter)[];
const HIDDEN_ORDERS: ReadonlySet<SortKey> = new Set(['margin', 'spread']);

/** Whether a condition asks for something that a blind review hides. */
export function isHiddenCondition(key: keyof ViewFilter): boolean {
  return HIDDEN_CONDITIONS.some((hidden) => hidden === key);
}

/** Whether an order tells of something that a blind review hides. */
export function isHiddenOrder(by: SortKey): boolean {
  return HIDDEN_ORDERS.has(by);
}

/** Conditions of a filter that look at what a blind review hides: scores, the policy's pair, other reviewers. */
export function hiddenConditions(filter: ViewFilter, me: string): (keyof ViewFilter)[] {
  const asksOthers = (who: string | undefined) => who !== undefined && who !== 'me' && who !== me;
  return [
    ...HIDDEN_CONDITIONS.filter((key) => filter[key] !== undefined),
    ...(['reviewed_by', 'not_reviewed_by'] as const).filter((key) => asksOthers(filter[key])),
  ];
}

/**
 * A view without what it must not look at where the review is blind: whoever knows that a question is in such a queue, or
 * stands first in it, knows what is hidden. With it goes the name that tells of it.
 */
export function blindView(view: View, me: string): View {
  const hidden = new Set<string>(hiddenConditions(view.filter, me));
  const sort = view.sort.filter(({ by }) => !isHiddenOrder(by));
  if (hidden.size === 0 && sort.length === view.sort.length) return view;
  const filter = Object.fromEntries(
    Object.entries(view.filter).filter(([key]) => !hidden.has(key)),
  );
  const { title, ...rest } = view;
  return { ...rest, ...(hidden.size === 0 && title !== undefined ? { title } : {}), filter, sort };
}
