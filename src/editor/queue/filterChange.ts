import type { ViewFilter } from '../../review/view.ts';
import type { FlagKey, RangeKey } from './viewText.ts';

/** A filter with a condition set, or without it. */
export function withFlag(
  filter: ViewFilter,
  key: FlagKey,
  wanted: boolean | undefined,
): ViewFilter {
  return wanted === undefined ? without(filter, key) : { ...filter, [key]: wanted };
}

export function withRange(
  filter: ViewFilter,
  key: RangeKey,
  range: { min?: number; max?: number } | undefined,
): ViewFilter {
  return range ? { ...filter, [key]: range } : without(filter, key);
}

export function without(filter: ViewFilter, key: keyof ViewFilter): ViewFilter {
  return Object.fromEntries(Object.entries(filter).filter(([name]) => name !== key));
}
