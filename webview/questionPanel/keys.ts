import type { PanelAction } from '../../src/protocol/panel.ts';
import type { Move } from './selection.ts';

export type PanelCommand =
  | { kind: 'action'; action: PanelAction }
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
  /**
   * What has the focus: something that takes letters (`typing`), a button or link that takes Enter (`control`), a text
   * that scrolls by the arrow keys (`reading`), or none of these (`panel`).
   */
  focus: 'typing' | 'control' | 'reading' | 'panel';
}

const ACTION_KEYS: Partial<Record<string, PanelAction>> = {
  c: 'choose',
  r: 'reject',
  u: 'undo',
  y: 'redo',
  n: 'next',
  p: 'previous',
  o: 'toggleOrder',
  t: 'toggleTable',
  e: 'toggleScorers',
  '+': 'zoomIn',
  '=': 'zoomIn',
  '-': 'zoomOut',
  '0': 'zoomWhole',
  k: 'nextAnswer',
  '?': 'help',
};

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
  if (press.focus === 'typing' || press.alt) return null;
  if (press.primary) return commandWithPrimary(press);
  if (press.key === 'Escape') return { kind: 'clear' };
  if (press.key === 'Enter') {
    return press.focus === 'control' ? null : { kind: 'action', action: 'choose' };
  }
  const move = MOVE_KEYS[press.key];
  if (move !== undefined) {
    return press.focus === 'panel' ? { kind: press.shift ? 'brush' : 'move', move } : null;
  }
  // Shift gives `?` on many keyboards; capital letters are left alone.
  const action = ACTION_KEYS[press.key];
  return action === undefined ? null : { kind: 'action', action };
}

function commandWithPrimary(press: KeyPress): PanelCommand | null {
  const key = press.key.toLowerCase();
  if (key === 'z') return { kind: 'action', action: press.shift ? 'redo' : 'undo' };
  if (key === 'y' && !press.shift) return { kind: 'action', action: 'redo' };
  if (press.focus !== 'panel') return null;
  if (press.key === 'Home') return { kind: 'move', move: 'first' };
  if (press.key === 'End') return { kind: 'move', move: 'last' };
  return null;
}

/** What `?` lists, in the order of a reviewer's work. */
export const KEY_HELP: readonly { keys: readonly string[]; does: string }[] = [
  {
    keys: ['\u2191', '\u2193', '\u2190', '\u2192'],
    does: 'Move over rows and cells; both texts follow',
  },
  { keys: ['PgUp', 'PgDn'], does: 'Ten rows up or down' },
  { keys: ['Home', 'End'], does: 'First or last cell of the row; with Ctrl of the column' },
  { keys: ['Esc'], does: 'Back to the pair' },
  { keys: ['c', 'Enter'], does: 'Make the focused row chosen' },
  { keys: ['r'], does: 'Make the focused row rejected' },
  { keys: ['u', 'Ctrl+Z'], does: 'Undo the last decision' },
  { keys: ['y', 'Ctrl+Y'], does: 'Redo it' },
  { keys: ['n'], does: 'Next question' },
  { keys: ['p'], does: 'Previous question' },
  { keys: ['o'], does: 'Order by score, sample or cluster' },
  { keys: ['k'], does: 'Only the rows of the next answer; after the last, all' },
  { keys: ['Shift+\u2191\u2193\u2190\u2192'], does: 'Mark cells to zoom into' },
  { keys: ['+', '-', '0'], does: 'Zoom into the heatmap, out, and back to all of it' },
  { keys: ['t'], does: 'Table or heatmap' },
  { keys: ['e'], does: 'Every scorer side by side' },
  { keys: ['?'], does: 'This list' },
];
