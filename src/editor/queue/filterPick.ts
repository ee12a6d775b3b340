import * as vscode from 'vscode';
import type { View, ViewFilter } from '../../review/view.ts';
import { isHiddenCondition } from '../../review/blindView.ts';
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
  /** Without conditions on what a blind review hides. */
  blind: boolean;
  /** Who has decided anything on the study. */
  reviewers: readonly string[];
  /** Shows the view tried behind the list. */
  apply: (view: View) => Promise<void>;
}

/**
 * Lets the user put conditions together: each choice is applied at once, and the list comes back until it is closed with
 * Escape, which keeps what is there. A view that was only looked at stays the one of its name.
 */
export async function editFilter(
  { filter: start, sort, audit }: View,
  options: FilterPickOptions,
): Promise<void> {
  // Without the title: a changed view is another one.
  let view: View = { filter: start, sort, ...(audit === undefined ? {} : { audit }) };
  for (;;) {
    const found = await options.count(view);
    const picked = await vscode.window.showQuickPick(linesOf(view.filter, options), {
      title: `${options.title}: ${found} of ${options.of}`,
      placeHolder:
        filterWords(view.filter).join(', ') || 'Pick a condition; Escape when it is as you want it',
      matchOnDescription: true,
      ignoreFocusOut: true,
    });
    if (!picked || picked.done === true) return;
    const filter = await picked.change?.();
    if (!filter) continue;
    view = { ...view, filter };
    await options.apply(view);
  }
}

type Shown = Pick<FilterPickOptions, 'blind' | 'reviewers'>;

function linesOf(filter: ViewFilter, { blind, reviewers }: Shown): Line[] {
  const active = filterWords(filter).length > 0;
  const offered = (key: FlagKey | RangeKey) => !(blind && isHiddenCondition(key));
  return [
    ...(active ? [{ label: '$(check) Done', done: true }] : []),
    {
      label: 'Text',
      ...(filter.text ? { description: `"${filter.text}"`, picked: true } : {}),
      detail: 'Words in id, question, notes or final answers',
      change: () => askText(filter),
    },
    ...REVIEW_FLAGS.filter(offered).map((key) => flagLine(filter, key)),
    notByMeLine(filter),
    ...(blind
      ? []
      : (['reviewed_by', 'not_reviewed_by'] as const).map((key) =>
          reviewerLine(filter, key, reviewers),
        )),
    { label: 'Values', kind: vscode.QuickPickItemKind.Separator },
    ...RANGE_KEYS.filter(offered).map((key) => rangeLine(filter, key)),
    { label: 'Samples and answers', kind: vscode.QuickPickItemKind.Separator },
    ...FLAG_KEYS.filter((key) => !REVIEW_FLAGS.includes(key) && offered(key)).map((key) =>
      flagLine(filter, key),
    ),
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

const REVIEWER_WORDS = { reviewed_by: 'Reviewed by', not_reviewed_by: 'Not reviewed by' } as const;

function reviewerLine(
  filter: ViewFilter,
  key: keyof typeof REVIEWER_WORDS,
  reviewers: readonly string[],
): Line {
  const who = filter[key];
  return {
    label: `${who === undefined || who === 'me' ? '' : '$(check) '}${REVIEWER_WORDS[key]}...`,
    ...(who === undefined ? {} : { description: who }),
    change: async () => {
      const lines: (vscode.QuickPickItem & { who?: string })[] = [
        { label: 'Anybody', description: 'no condition' },
        { label: 'Me', description: 'whoever looks', who: 'me' },
        ...reviewers.map((name) => ({ label: name, who: name })),
      ];
      const picked = await vscode.window.showQuickPick(lines, {
        title: REVIEWER_WORDS[key],
        ignoreFocusOut: true,
      });
      if (!picked) return undefined;
      return picked.who === undefined ? without(filter, key) : { ...filter, [key]: picked.who };
    },
  };
}

function notByMeLine(filter: ViewFilter): Line {
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
    ignoreFocusOut: true,
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
    ignoreFocusOut: true,
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
