import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { boundKeys, keybindingsSchema } from '../../../src/editor/panels/boundKeys.ts';

const manifest = z.object({ contributes: z.object({ keybindings: keybindingsSchema }) });
const path = new URL('../../../package.json', import.meta.url);

/** The keys of the panel's actions as package.json binds them. */
export const PANEL_KEYS = boundKeys(
  manifest.parse(JSON.parse(readFileSync(path, 'utf8'))).contributes.keybindings,
  [],
  false,
);

/**
 * What the editor does with keys pressed in a webview, as a script of the page: while the panel says that it listens, a
 * bound key comes back to it as an action. `keysDelivered` ends once all those pressed before have come.
 */
export const EDITOR_KEYS_SCRIPT = `
  const actions = new Map(
    Object.entries(${JSON.stringify(PANEL_KEYS)}).flatMap(([action, keys]) => keys.map((key) => [key, action])),
  );
  let listening = false;
  window.noteListening = (message) => { if (message.type === 'listening') listening = message.listening; };
  document.addEventListener('keydown', (event) => {
    const letter = /^[a-z]$/i.test(event.key);
    const name =
      (event.ctrlKey ? 'Ctrl+' : '') +
      (event.shiftKey && letter ? 'Shift+' : '') +
      (letter && (event.ctrlKey || event.shiftKey) ? event.key.toUpperCase() : event.key);
    const action = actions.get(name === '=' ? '+' : name);
    if (listening && action) setTimeout(() => window.postMessage({ type: 'action', action }, '*'));
  }, { capture: true });
  window.keysDelivered = () => new Promise((done) => {
    const onMessage = ({ data }) => {
      if (data !== 'keys delivered') return;
      window.removeEventListener('message', onMessage);
      done();
    };
    window.addEventListener('message', onMessage);
    setTimeout(() => window.postMessage('keys delivered', '*'));
  });
`;
