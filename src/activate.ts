// Before all else: it changes how the schemas of the other modules are made.
import './editor/interpretedSchemas.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ExtensionContext } from 'vscode';

/**
 * What the extension is made of, in pieces: each takes the editor's host some 10 ms to set up, and all at once would keep
 * it from everything else for 70 ms. The last piece stands on the others.
 */
const PIECES = [
  () => import('./endpoint/probeChat.ts'),
  () => import('./editor/tree/studyTree.ts'),
  () => import('./editor/panels/dashboards.ts'),
  () => import('./editor/commands/runCommands.ts'),
] as const;

export async function activate(context: ExtensionContext): Promise<void> {
  // Its start takes as long as the rest.
  const { ScanClient } = await import('./editor/store/scanClient.ts');
  const scanner = new ScanClient(new URL('./scanWorker.js', import.meta.url));
  scanner.prepare();
  for (const load of PIECES) {
    await nextTurn();
    await load();
  }
  await nextTurn();
  const extension = await import('./extension.ts');
  extension.activate(context, scanner);
}

export async function deactivate(): Promise<void> {
  const extension = await import('./extension.ts');
  await extension.deactivate();
}
