import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PANEL_ACTIONS } from '../../../../src/protocol/panel.ts';
import {
  commandForKey,
  KEY_HELP,
  type KeyPress,
  type PanelCommand,
} from '../../../../webview/questionPanel/keys.ts';

function press(key: string, changes: Partial<KeyPress> = {}): PanelCommand | null {
  const plain: KeyPress = { key, primary: false, alt: false, shift: false, focus: 'panel' };
  return commandForKey({ ...plain, ...changes });
}

test('every action has a key and the help lists it', () => {
  const listed = KEY_HELP.flatMap(({ keys }) => keys);
  const reached = listed.flatMap((key) => {
    const command = press(key);
    return command?.kind === 'action' ? [command.action] : [];
  });
  assert.deepEqual(new Set(reached), new Set(PANEL_ACTIONS));
});

test('no key does anything while typing', () => {
  for (const key of ['c', 'r', 'u', 'n', '?', 'Enter', 'Escape', 'ArrowUp']) {
    assert.equal(press(key, { focus: 'typing' }), null);
  }
  assert.equal(press('z', { focus: 'typing', primary: true }), null);
});

test('Enter is left to a focused button, letters are not', () => {
  assert.equal(press('Enter', { focus: 'control' }), null);
  assert.deepEqual(press('n', { focus: 'control' }), { kind: 'action', action: 'next' });
});

test('arrow keys scroll a text that has the focus', () => {
  assert.equal(press('ArrowDown', { focus: 'reading' }), null);
  assert.deepEqual(press('ArrowDown'), { kind: 'move', move: 'down' });
});

test('undo and redo have the usual keys too', () => {
  assert.deepEqual(press('z', { primary: true }), { kind: 'action', action: 'undo' });
  assert.deepEqual(press('Z', { primary: true, shift: true }), { kind: 'action', action: 'redo' });
  assert.deepEqual(press('y', { primary: true }), { kind: 'action', action: 'redo' });
});

test('keys of the editor pass through', () => {
  assert.equal(press('p', { primary: true }), null);
  assert.equal(press('c', { primary: true }), null);
  assert.equal(press('n', { alt: true }), null);
  assert.equal(press('F1'), null);
});
