import { takesKeys } from '../toolkit.ts';
import { commandForKey, type KeyFocus, type PanelCommand } from './keys.ts';

/** Listens to the keys of the whole panel and takes from the browser only those that do something. */
export function listenToKeys(run: (command: PanelCommand) => void): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = commandForKey({
      key: event.key,
      primary: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      shift: event.shiftKey,
      focus: focusIn(event.composedPath()),
    });
    if (command === null) return;
    event.preventDefault();
    run(command);
  });
}

/** Tells each key that is pressed, named as people write it ("j", "Shift+J"), and whether it is typed into a field. */
export function watchLetters(pressed: (key: string, typing: boolean) => void): void {
  document.addEventListener(
    'keydown',
    ({ key, ctrlKey, metaKey, altKey }) => {
      if (key.length !== 1 || ctrlKey || metaKey || altKey) return;
      pressed(key === key.toLowerCase() ? key : `Shift+${key}`, isTyping());
    },
    { capture: true },
  );
}

/**
 * Tells when letters begin and cease to be commands: they are while the panel has the focus and nothing in it is typed
 * into. Told before the next key can come, and once at the start.
 */
export function watchTyping(changed: (listening: boolean, typing: boolean) => void): void {
  let told: boolean | null = null;
  const tell = (): void => {
    const typing = document.hasFocus() && isTyping();
    const listening = document.hasFocus() && !typing;
    if (listening === told) return;
    told = listening;
    changed(listening, typing);
  };
  document.addEventListener('focusin', tell);
  document.addEventListener('focusout', () => {
    // Until the focus has arrived elsewhere nothing has it.
    queueMicrotask(tell);
  });
  window.addEventListener('focus', tell);
  window.addEventListener('blur', tell);
  tell();
}

/** Whether what has the focus takes letters for itself. */
export function isTyping(): boolean {
  const path: EventTarget[] = [];
  for (let at: Element | null = document.activeElement; at !== null; at = at.parentElement)
    path.push(at);
  return focusIn(path) === 'typing';
}

/** The path, because the target of an event inside a custom element is only its host. */
function focusIn(path: readonly EventTarget[]): KeyFocus {
  for (const target of path) {
    if (takesKeys(target)) return 'typing';
    if (!(target instanceof HTMLElement)) continue;
    if (target.matches('input, textarea, select, [contenteditable]')) return 'typing';
    if (target.matches('button, a, summary, vscode-button')) return 'control';
    if (target.matches('.text, .passages, .compare, dialog')) return 'reading';
  }
  return 'panel';
}
