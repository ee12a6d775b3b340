import { takesKeys } from '../toolkit.ts';
import { commandForKey, type KeyPress, type PanelCommand } from './keys.ts';

/** Listens to the keys of the whole panel and takes from the browser only those that do something. */
export function listenToKeys(run: (command: PanelCommand) => void): void {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const command = commandForKey({
      key: event.key,
      primary: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      shift: event.shiftKey,
      focus: focusOf(event),
    });
    if (command === null) return;
    event.preventDefault();
    run(command);
  });
}

function focusOf(event: KeyboardEvent): KeyPress['focus'] {
  // The path, because the target of an event inside a custom element is only its host.
  for (const target of event.composedPath()) {
    if (takesKeys(target)) return 'typing';
    if (!(target instanceof HTMLElement)) continue;
    if (target.matches('input, textarea, select, [contenteditable]')) return 'typing';
    if (target.matches('button, a, summary, vscode-button')) return 'control';
    if (target.matches('.text, dialog')) return 'reading';
  }
  return 'panel';
}
