import * as vscode from 'vscode';
import type { ApiKeys } from '../endpoint/apiKeys.ts';
import type { EndpointChoice } from '../endpoint/endpointChoice.ts';
import { originOf, type Endpoint } from '../endpoint/endpoints.ts';
import { cancelledByUser } from '../errorReporter.ts';
import { requireTrust } from '../trust.ts';

/**
 * Asks for the key of a server and keeps it in the editor's secret storage; an empty one removes it.
 *
 * @param of the server, where it is known.
 */
export async function setApiKey(
  endpoints: EndpointChoice,
  keys: ApiKeys,
  of?: Endpoint,
): Promise<void> {
  requireTrust('Setting an API key');
  const { baseUrl } = of ?? (await endpoints.pick('Server whose key is set', { canStart: false }));
  const origin = originOf(baseUrl);
  const present = await keys.has(baseUrl);
  const key = await vscode.window.showInputBox({
    title: `API key for ${origin}`,
    prompt: present
      ? 'Replaces the key that is kept; leave it empty to remove that one.'
      : 'Kept in the secret storage of the editor and sent to this server alone.',
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) throw cancelledByUser();
  if (key.trim() !== '') {
    await keys.set(baseUrl, key.trim());
    void vscode.window.showInformationMessage(`The API key for ${origin} is kept.`);
  } else if (present) {
    await keys.remove(baseUrl);
    void vscode.window.showInformationMessage(`The API key for ${origin} is removed.`);
  }
}
