import * as z from 'zod';
import { PANEL_ACTIONS, type BoundKeys } from '../../protocol/panel.ts';
import { commandId } from '../commands/commandTable.ts';
import { PANEL_COMMANDS } from './panelCommands.ts';

/** A key binding as package.json and keybindings.json have it; `-command` takes one away. */
export const keybindingsSchema = z.array(
  z.object({
    command: z.string(),
    key: z.string().optional(),
    mac: z.string().optional(),
    when: z.string().optional(),
  }),
);
export type Keybinding = z.infer<typeof keybindingsSchema>[number];

/**
 * The keys of the panel's actions, as people write them: those that the extension brings for the panel, less what the user
 * took away, and what they added.
 */
export function boundKeys(
  contributed: readonly Keybinding[],
  own: readonly Keybinding[],
  mac: boolean,
): BoundKeys {
  const keyOf = ({ key, mac: onMac }: Keybinding) => (mac && onMac !== undefined ? onMac : key);
  const keys: BoundKeys = {};
  for (const action of PANEL_ACTIONS) {
    const command = commandId(PANEL_COMMANDS[action]);
    const found = new Set<string>();
    for (const binding of contributed) {
      const key = keyOf(binding);
      const here = binding.when?.includes('sealong.panelFocused') === true;
      if (binding.command === command && here && key !== undefined) found.add(key);
    }
    for (const binding of own) {
      const key = keyOf(binding);
      if (binding.command === command && key !== undefined) found.add(key);
      else if (binding.command === `-${command}`) {
        if (key === undefined) found.clear();
        else found.delete(key);
      } else if (key !== undefined && takesKey(binding)) found.delete(key);
    }
    // The shortest first: it is the one that buttons name.
    keys[action] = [...found].sort((a, b) => a.length - b.length).map(readable);
  }
  return keys;
}

/** Whether a binding of the user's to some other command holds in the panel as well: it is asked before the extension's. */
function takesKey({ command, when }: Keybinding): boolean {
  return (
    !command.startsWith('-') && (when ?? 'sealong.panelFocused').includes('sealong.panelFocused')
  );
}

const NAMES: Partial<Record<string, string>> = {
  ctrl: 'Ctrl',
  shift: 'Shift',
  alt: 'Alt',
  cmd: 'Cmd',
  meta: 'Meta',
  enter: 'Enter',
  escape: 'Esc',
};

/** "ctrl+shift+z" as "Ctrl+Shift+Z"; a letter alone stays small, since it is pressed without Shift. */
function readable(key: string): string {
  if (key === 'shift+/') return '?';
  if (key === 'shift+=') return '+';
  const parts = key.split('+');
  return parts
    .map(
      (part) => NAMES[part] ?? (parts.length > 1 && part.length === 1 ? part.toUpperCase() : part),
    )
    .join('+');
}
