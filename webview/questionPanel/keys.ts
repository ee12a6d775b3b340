import type { PanelAction } from '../../src/protocol/panel.ts';
import type { Move } from './selection.ts';

/**
 * What the panel does with keys by itself: it moves its focus, as every list and grid does. Whatever changes something or
 * has a name is a command of the editor, whose key can be changed there.
 */
export type PanelCommand =
  | { kind: 'move'; move: Move }
  /** A move that marks the cells it passes. */
  | { kind: 'brush'; move: Move }
  | { kind: 'clear' };

export interface KeyPress {
  key: string;
  /** Ctrl, or Command on a Mac. */
  primary: boolean;
  alt: boolean;
  shift: boolean;
  focus: KeyFocus;
}

/**
 * What has the focus: something that takes letters (`typing`), a button or link that takes Enter (`control`), a text that
 * scrolls by the arrow keys (`reading`), or none of these (`panel`).
 */
export type KeyFocus = 'typing' | 'control' | 'reading' | 'panel';

const MOVE_KEYS: Partial<Record<string, Move>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  PageUp: 'pageUp',
  PageDown: 'pageDown',
  Home: 'lineStart',
  End: 'lineEnd',
};

/** What a key does, or null where it is none of the panel's business. */
export function commandForKey(press: KeyPress): PanelCommand | null {
  const { key, focus, shift } = press;
  if (focus === 'typing' || press.alt) return null;
  if (key === 'Escape') return press.primary ? null : { kind: 'clear' };
  if (focus !== 'panel') return null;
  if (press.primary) {
    if (key === 'Home') return { kind: 'move', move: 'first' };
    return key === 'End' ? { kind: 'move', move: 'last' } : null;
  }
  const move = MOVE_KEYS[key];
  return move === undefined ? null : { kind: shift ? 'brush' : 'move', move };
}

/** What `?` lists of the panel's own keys. */
export const OWN_KEYS: readonly { keys: readonly string[]; does: string }[] = [
  {
    keys: ['\u2191', '\u2193', '\u2190', '\u2192'],
    does: 'Move over rows and cells; both texts follow',
  },
  { keys: ['PgUp', 'PgDn'], does: 'Ten rows up or down' },
  { keys: ['Home', 'End'], does: 'First or last cell of the row; with Ctrl of the column' },
  { keys: ['Shift+\u2191\u2193\u2190\u2192'], does: 'Mark cells to zoom into' },
  { keys: ['Esc'], does: 'Back to the pair' },
];

/** What `?` lists of the commands, in the order of a reviewer's work. */
export const COMMAND_HELP: readonly { action: PanelAction; does: string }[] = [
  { action: 'agree', does: 'Agree: the pair as shown is right' },
  { action: 'choose', does: 'Make the focused row chosen' },
  { action: 'reject', does: 'Make the focused row rejected' },
  { action: 'swap', does: 'Chosen and rejected change places' },
  { action: 'bothBad', does: 'Both bad: leave the pair out' },
  { action: 'skip', does: 'Skip' },
  { action: 'flag', does: 'Flag for discussion, or take the flag away' },
  { action: 'note', does: 'Write a note' },
  { action: 'reason', does: 'Reason for the next decision' },
  { action: 'undo', does: 'Undo the last decision' },
  { action: 'redo', does: 'Redo it' },
  { action: 'next', does: 'Next question' },
  { action: 'previous', does: 'Previous question' },
  { action: 'nextAnswer', does: 'Only the rows of the next answer; after the last, all' },
  { action: 'correctAnswer', does: 'Correct the answer found in the focused row' },
  { action: 'mergeAnswers', does: 'Say that two answers are one' },
  {
    action: 'splitAnswer',
    does: 'Say that the focused row gives another answer than others like it',
  },
  { action: 'answerRules', does: 'The rules that find answers, from that of the focused row on' },
  { action: 'compare', does: 'Differences between the two texts, or the texts' },
  { action: 'openDiff', does: 'Both texts in the diff editor' },
  { action: 'toggleContext', does: 'Show or hide the context' },
  { action: 'searchContext', does: 'Search the context' },
  { action: 'bestPassage', does: 'To the passage most like the left text; again: the next' },
  { action: 'toggleOrder', does: 'Order by score, sample or cluster' },
  { action: 'zoomIn', does: 'Zoom into the heatmap, or to the marked cells' },
  { action: 'zoomOut', does: 'Zoom out' },
  { action: 'zoomWhole', does: 'All of the heatmap' },
  { action: 'toggleTable', does: 'Table or heatmap' },
  { action: 'toggleScorers', does: 'Every scorer side by side' },
  { action: 'help', does: 'This list' },
];
