import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PANEL_ACTIONS } from '../../../../src/protocol/panel.ts';
import {
  COMMAND_HELP,
  commandForKey,
  type KeyPress,
  type PanelCommand,
} from '../../../../webview/questionPanel/keys.ts';

function press(key: string, changes: Partial<KeyPress> = {}): PanelCommand | null {
  const plain: KeyPress = { key, primary: false, alt: false, shift: false, focus: 'panel' };
  return commandForKey({ ...plain, ...changes });
}

test('the help lists every action once', () => {
  const listed = COMMAND_HELP.map(({ action }) => action);
  assert.deepEqual(listed.toSorted(), PANEL_ACTIONS.toSorted());
});

test('no key does anything while typing', () => {
  for (const key of ['Escape', 'ArrowUp', 'Home'])
    assert.equal(press(key, { focus: 'typing' }), null);
});

test('letters are left to the editor, which knows what they are bound to', () => {
  for (const key of ['a', 'c', 'n', '?', 'Enter']) assert.equal(press(key), null);
  assert.equal(press('z', { primary: true }), null);
  assert.equal(press('F1'), null);
});

test('arrow keys move the focus, with Shift they mark, and in a text they scroll', () => {
  assert.deepEqual(press('ArrowDown'), { kind: 'move', move: 'down' });
  assert.deepEqual(press('ArrowDown', { shift: true }), { kind: 'brush', move: 'down' });
  assert.equal(press('ArrowDown', { focus: 'reading' }), null);
  assert.equal(press('ArrowDown', { alt: true }), null);
  assert.deepEqual(press('Home', { primary: true }), { kind: 'move', move: 'first' });
});
