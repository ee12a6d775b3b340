import type * as vscode from 'vscode';
import * as z from 'zod';
import type { BoundKeys } from '../../protocol/panel.ts';
import { boundKeys, keybindingsSchema } from './boundKeys.ts';
import { userKeybindings } from './userKeybindings.ts';

const manifestSchema = z.object({ contributes: z.object({ keybindings: keybindingsSchema }) });

/** The keys of the panel's actions as they are bound now, as far as the extension can know. */
export async function panelKeys(
  context: Pick<vscode.ExtensionContext, 'extension' | 'globalStorageUri'>,
): Promise<BoundKeys> {
  const { contributes } = manifestSchema.parse(context.extension.packageJSON);
  const own = await userKeybindings(context.globalStorageUri.fsPath);
  return boundKeys(contributes.keybindings, own, process.platform === 'darwin');
}
