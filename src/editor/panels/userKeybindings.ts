import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keybindingsSchema, type Keybinding } from './boundKeys.ts';

/**
 * The user's own key bindings, as far as they can be known: VS Code has no interface to them, and with a remote window
 * they lie on another machine. Where there is no file, or it cannot be read as one, there are none.
 *
 * @param globalStorage the extension's folder of VS Code, which lies beside the user's settings.
 */
export async function userKeybindings(globalStorage: string): Promise<Keybinding[]> {
  let text: string;
  try {
    text = await readFile(join(globalStorage, '..', '..', 'keybindings.json'), 'utf8');
  } catch {
    return [];
  }
  return parseKeybindings(text);
}

/** JSON with comments and trailing commas, as people write settings. */
export function parseKeybindings(text: string): Keybinding[] {
  const plain = text
    .replace(
      /("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (_, string?: string) => string ?? '',
    )
    .replace(/("(?:\\.|[^"\\])*")|,(?=\s*[\]}])/g, (_, string?: string) => string ?? '');
  try {
    return keybindingsSchema.safeParse(JSON.parse(plain)).data ?? [];
  } catch {
    return [];
  }
}
