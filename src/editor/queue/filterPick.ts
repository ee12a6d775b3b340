import * as vscode from 'vscode';
import type { View, ViewFilter } from '../../review/view.ts';
import { withFlag, withRange, without } from './filterChange.ts';
import {
  FLAG_KEYS,
  FLAG_WORDS,
  RANGE_KEYS,
  RANGE_WORDS,
  filterWords,
  parseRange,
  rangeWords,
  type FlagKey,
  type RangeKey,
} from './viewText.ts';

interface Line extends vscode.QuickPickItem {
  change?: () => Promise<ViewFilter | undefined>;
  done?: boolean;
}

export interface FilterPickOptions {
  title: string;
  /** Questions that a view would hold. */
  count: (view: View) => Promise<number>;
  of: number;
  /** Shows the view tried behind the list. */
  apply: (view: View) => Promise<void>;
}

/**
 * Lets the user put conditions together: each choice is applied at once, and the list comes back until it is closed with
 * Escape, which keeps what is there.
 */
export async function editFilter(
  { filter: start, sort, audit }: View,
  options: FilterPickOptions,
): Promise<View> {
  // Without the title: a changed view is another one.
  let view: View = { filter: start, sort, ...(audit === undefined ? {} : { audit }) };
  for (;;) {
    const found = await options.count(view);
    const picked = await vscode.window.showQuickPick(linesOf(view.filter), {
      title: `${options.title}: ${found} of ${options.of}`,
      placeHolder:
        filterWords(view.filter).join(', ') || 'Pick a condition; Escape when it is as you want it',
      matchOnDescription: true,
    });
    if (!picked || picked.done === true) return view;
    const filter = await picked.change?.();
    if (!filter) continue;
    view = { ...view, filter };
    await options.apply(view);
  }
}

function linesOf(filter: ViewFilter): Line[] {
  const active = filterWords(filter).length > 0;
  return [
    ...(active ? [{ label: '$(check) Done', done: true }] : []),
    {
      label: 'Text',
      ...(filter.text ? { description: `"${filter.text}"`, picked: true } : {}),
      detail: 'Words in id, question, notes or final answers',
      change: () => askText(filter),
    },
    ...REVIEW_FLAGS.map((key) => flagLine(filter, key)),
    reviewerLine(filter),
    { label: 'Values', kind: vscode.QuickPickItemKind.Separator },
    ...RANGE_KEYS.map((key) => rangeLine(filter, key)),
    { label: 'Samples and answers', kind: vscode.QuickPickItemKind.Separator },
    ...FLAG_KEYS.filter((key) => !REVIEW_FLAGS.includes(key)).map((key) => flagLine(filter, key)),
    ...(active
      ? [
          { label: '', kind: vscode.QuickPickItemKind.Separator },
          { label: '$(clear-all) No conditions', change: () => Promise.resolve({}) },
        ]
      : []),
  ];
}

const REVIEW_FLAGS: readonly FlagKey[] = ['reviewed', 'overridden', 'flagged', 'disputed'];

function flagLine(filter: ViewFilter, key: FlagKey): Line {
  const [yes, no] = FLAG_WORDS[key];
  const wanted = filter[key];
  const set = wanted === undefined ? undefined : wanted ? yes : no;
  return {
    label: `${set === undefined ? '' : '$(check) '}${capital(set ?? yes)}`,
    description: wanted === undefined ? '' : wanted ? `again: ${no}` : 'again: either',
    change: () =>
      Promise.resolve(
        withFlag(filter, key, wanted === undefined ? true : wanted ? false : undefined),
      ),
  };
}

function rangeLine(filter: ViewFilter, key: RangeKey): Line {
  const range = filter[key];
  return {
    label: `${range ? '$(check) ' : ''}${capital(RANGE_WORDS[key])}...`,
    ...(range ? { description: rangeWords(range) } : {}),
    change: () => askRange(filter, key),
  };
}

function reviewerLine(filter: ViewFilter): Line {
  const mine = filter.not_reviewed_by === 'me';
  return {
    label: `${mine ? '$(check) ' : ''}Not reviewed by me`,
    change: () =>
      Promise.resolve(
        mine ? without(filter, 'not_reviewed_by') : { ...filter, not_reviewed_by: 'me' },
      ),
  };
}

async function askText(filter: ViewFilter): Promise<ViewFilter | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Text',
    prompt:
      'Questions with all of these words in id, question, notes or final answers; empty for any',
    value: filter.text ?? '',
  });
  if (text === undefined) return undefined;
  return text.trim() === '' ? without(filter, 'text') : { ...filter, text: text.trim() };
}

async function askRange(filter: ViewFilter, key: RangeKey): Promise<ViewFilter | undefined> {
  const range = filter[key];
  const value =
    range === undefined
      ? ''
      : `${range.min ?? ''}${range.min === undefined ? '' : '..'}${range.max ?? ''}`;
  const text = await vscode.window.showInputBox({
    title: capital(RANGE_WORDS[key]),
    prompt: '0.05 is up to that, >0.5 that or more, 0.1..0.5 between, =2 just that; empty for any',
    value,
    validateInput: (written) =>
      written.trim() === '' || parseRange(written)
        ? undefined
        : 'Write a number, ">0.5", "0.1..0.5" or "=2".',
  });
  return text === undefined ? undefined : withRange(filter, key, parseRange(text));
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
