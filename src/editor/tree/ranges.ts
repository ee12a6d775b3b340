import { oneLine, type Row } from './row.ts';

/**
 * VS Code asks for all rows of an open range before it draws any of them: more than two screens full would be waited for at
 * each filter and order, and a list of thousands at once would block the editor's host.
 */
export const RANGE_SIZE = 100;

/** Questions `start` (from 0) up to `end` (without) of the list as it is sorted. */
export interface Range {
  start: number;
  end: number;
}

/** The ranges of a list; none where it is short enough to be shown as it is. */
export function rangesOf(length: number): Range[] {
  if (length <= RANGE_SIZE * 1.5) return [];
  return Array.from({ length: Math.ceil(length / RANGE_SIZE) }, (_, number) => ({
    start: number * RANGE_SIZE,
    end: Math.min(length, (number + 1) * RANGE_SIZE),
  }));
}

/** @param ids of the first and the last question of the range. */
export function rangeRow({ start, end }: Range, ids: readonly [string, string]): Row {
  const label = `${start + 1}–${end}`;
  const [first, last] = ids.map((id) => oneLine(id, 40));
  return {
    label,
    description: `${first ?? ''} … ${last ?? ''}`,
    icon: { id: 'list-unordered' },
    contextValue: 'range',
    spoken: `questions ${start + 1} to ${end}, from ${first ?? ''} to ${last ?? ''}`,
  };
}
