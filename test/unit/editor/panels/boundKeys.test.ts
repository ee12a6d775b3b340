import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import * as z from 'zod';
import { boundKeys, keybindingsSchema } from '../../../../src/editor/panels/boundKeys.ts';
import { parseKeybindings } from '../../../../src/editor/panels/userKeybindings.ts';
import { PANEL_ACTIONS } from '../../../../src/protocol/panel.ts';

const manifest = z.object({ contributes: z.object({ keybindings: keybindingsSchema }) });
const path = new URL('../../../../package.json', import.meta.url);
const { keybindings } = manifest.parse(JSON.parse(readFileSync(path, 'utf8'))).contributes;

test('every action of the panel has a key, and no key has two actions', () => {
  const keys = boundKeys(keybindings, [], false);
  const all = PANEL_ACTIONS.flatMap((action) => keys[action] ?? []);
  for (const action of PANEL_ACTIONS) assert.ok((keys[action] ?? []).length > 0, action);
  assert.equal(new Set(all).size, all.length);
  assert.deepEqual([keys.agree, keys.help, keys.undo], [['a'], ['?'], ['u', 'Ctrl+Z']]);
  assert.deepEqual(boundKeys(keybindings, [], true).undo, ['u', 'Cmd+Z']);
});

test('keys of the panel rest while something is typed', () => {
  for (const { command, when = '' } of keybindings)
    if (when.includes('sealong.panelListening')) assert.match(when, /!inputFocus/, command);
  const plain = keybindings.filter(({ key = '' }) => key.length === 1);
  for (const { command, when } of plain)
    assert.match(when ?? '', /sealong\.panelListening/, command);
});

test('what the user takes away, changes or adds is what is listed', () => {
  const own = parseKeybindings(`// mine
    [
      { "key": "a", "command": "-sealong.agree" },
      { "key": "space", "command": "sealong.agree", "when": "sealong.panelFocused" /* better */ },
      { "key": "ctrl+alt+//x", "command": "sealong.undo", },
    ]`);
  const keys = boundKeys(keybindings, own, false);
  assert.deepEqual(keys.agree, ['space']);
  assert.deepEqual(keys.undo, ['u', 'Ctrl+Z', 'Ctrl+Alt+//x']);
});

test('a key that the user gave to something else in the panel is not listed', () => {
  const own = parseKeybindings(`[
    { "key": "a", "command": "sealong.swapPair", "when": "sealong.panelFocused && !inputFocus" },
    { "key": "b", "command": "workbench.action.quickOpen" },
    { "key": "c", "command": "editor.action.fontZoomIn", "when": "editorTextFocus" }
  ]`);
  const keys = boundKeys(keybindings, own, false);
  assert.deepEqual([keys.agree, keys.swap, keys.bothBad], [[], ['s', 'a'], []]);
  assert.deepEqual(keys.choose, ['c'], 'a key of the text editor stays the panel’s own');
});

test('a file that is no list of key bindings changes nothing', () => {
  for (const text of ['', '{', '{"key": 1}', '[1]']) assert.deepEqual(parseKeybindings(text), []);
});
